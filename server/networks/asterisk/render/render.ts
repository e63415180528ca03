// Everything Asterisk reads, as texts: one source of truth is trunks.yaml, people come from the plannings. Writes nothing.
import { bad, good, type Result } from '../../../base/result.ts';
import { extensionsConf } from './dialplan.ts';
import { plainFiles } from './files.ts';
import { lastResortFile, renderLastResort } from './last-resort.ts';
import { modulesConf } from './modules.ts';
import { optionProblems, type RenderOptions } from './options.ts';
import { pjsipConf } from './pjsip.ts';

/**
 * @returns file name → text, to be written into `dirs.etc`; or every reason why that would be wrong or unsafe.
 * The files hold secrets: write them readable by their owner only.
 */
export function renderAsterisk(options: RenderOptions): Result<Record<string, string>> {
  const problems = optionProblems(options);
  if (problems.length > 0) return bad(...problems);
  return good({
    ...plainFiles(options),
    'modules.conf': modulesConf(options.plan),
    'pjsip.conf': pjsipConf(options),
    'extensions.conf': extensionsConf(options),
    [lastResortFile]: renderLastResort(options.plan, options.lastResort),
  });
}
