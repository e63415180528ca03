// What people edit: does it hold together, is somebody on call at every hour to come, can every prompt be heard, are the secrets set?
import { existsSync } from 'node:fs';
import type { Instant } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { type Problem, problemText } from '../base/result.ts';
import { openPrompts } from '../config/prompts/prompts.ts';
import type { Reading } from '../config/read.ts';
import { promptsOf } from '../domain/flow/prompts.ts';
import { frenchTime } from '../domain/planning/calendar.ts';
import type { Planning, PlanningSet } from '../domain/planning/schema.ts';
import { segments } from '../domain/planning/segments.ts';
import { knownZone } from '../domain/planning/zone.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import { lastResortPrompts } from '../networks/fallback/fallback.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const day = 86_400_000;
const daysAhead = 30;

export const brokenFiles = (problems: readonly Problem[]): Finding[] =>
  problems.map((problem) =>
    ails(
      'files',
      said(`un fichier est refusé : ${problemText({ ...problem, hint: '' })}`, 'a file is refused'),
      said(
        `${problem.hint ?? 'le corriger'} ; vigie check le vérifie`,
        'mend it; vigie check looks again (the running server keeps the version before)',
      ),
    ),
  );

export const soundFiles = ({ flows, warnings }: Reading): Finding[] => [
  well(
    'files',
    said(`flux, plannings et opérateurs se tiennent (version ${flows.version})`, 'the files hold together'),
  ),
  ...warnings.map((warning) =>
    warns(
      'files',
      said(problemText({ ...warning, hint: '' }), 'a warning of vigie check'),
      said(warning.hint ?? 'voir vigie check', 'see vigie check'),
    ),
  ),
];

/** One line for each planning: good, or its first hole within thirty days. */
export const planningFindings = (set: PlanningSet, now: Instant): Finding[] =>
  [...set.plannings.values()].map((planning) => planningFinding(set, planning, now));

function planningFinding(set: PlanningSet, planning: Planning, now: Instant): Finding {
  const check = `planning ${planning.id}`;
  const holes = segments(set, planning.id, now, now + daysAhead * day).filter(({ nobody }) => nobody);
  const [first] = holes;
  if (!first)
    return well(check, said(`${planning.name} : quelqu’un à toute heure pendant ${daysAhead} jours`, 'no hole'));
  const zone = knownZone(planning.zone);
  const local = (at: Instant) => frenchTime(zone.wall(at), true);
  const count = holes.length > 1 ? `${holes.length} trous, le premier ` : 'personne ';
  return ails(
    check,
    said(
      `${planning.name} : ${count}du ${local(first.from)} au ${local(first.until)}`,
      `nobody is on call (${holes.length} hole(s) in ${daysAhead} days)`,
    ),
    said(
      `mettre quelqu’un dans plannings/ (vigie who ${planning.id} --at "…" dit pourquoi)`,
      'put somebody on; vigie who says why nobody is',
    ),
  );
}

/** Does every text that may be said stand ready? `dir` is the cache, `command` the one that speaks. */
export function promptFinding({ flows }: Reading, dir: string, command: readonly string[]): Finding {
  const render = said(
    'démarrer le serveur, ou vigie asterisk : les textes manquants sont alors dits',
    'start the server: missing texts are then spoken',
  );
  // Opening the cache makes its folder, which is the server's to make.
  if (!existsSync(dir))
    return ails('prompts', said('aucun message vocal n’est prêt', 'no prompt was rendered yet'), render);
  const opened = openPrompts({ dir, command, log: silentLog });
  if (!opened.ok)
    return ails(
      'prompts',
      said('les messages vocaux sont illisibles', opened.problems.map(problemText).join('; ')),
      render,
    );
  const wanted = [...promptsOf(flows), ...lastResortPrompts];
  const missing = wanted.filter((prompt) => !opened.value.ready([prompt]));
  opened.value.close();
  if (missing.length === 0)
    return well('prompts', said(`${wanted.length} messages vocaux sont prêts`, 'every prompt is there'));
  return ails(
    'prompts',
    said(`${missing.length} messages vocaux manquent sur ${wanted.length}`, `${missing.length} prompts are missing`),
    render,
  );
}

/** Variables that trunks.yaml names, and that are not set here. */
export function secretFindings({ trunks }: TrunkPlan, env: Record<string, string | undefined>): Finding[] {
  const named = trunks.flatMap(({ auth }) => (auth ? [auth.userEnv, auth.passwordEnv] : []));
  const unset = [...new Set(named)].filter((name) => !env[name]);
  if (unset.length === 0) return [];
  return [
    warns(
      'environment',
      said(`variables absentes ici : ${unset.join(', ')}`, 'not set here: trunks.yaml names them'),
      said(
        'les donner au serveur (fichier d’environnement du service) et relancer vigie doctor avec elles',
        'set them for the server, and run vigie doctor with them',
      ),
    ),
  ];
}
