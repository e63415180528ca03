// Keeps the last-resort route fresh: everything Asterisk reads, rendered from what people edit and written where it changed.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFiles } from '../../base/files.ts';
import type { Log } from '../../base/log.ts';
import { good, type Result } from '../../base/result.ts';
import { lastResortLines, type Plans } from '../../domain/flow/last-resort.ts';
import type { Prompt } from '../../domain/telephony/prompt.ts';
import type { TrunkPlan } from '../../domain/trunk/schema.ts';
import type { AriAccess } from '../asterisk/ari/probe.ts';
import type { CarrierNames } from '../asterisk/names.ts';
import { type LastResortPrompt, lastResortTexts } from '../asterisk/render/last-resort.ts';
import type { RenderOptions } from '../asterisk/render/options.ts';
import { renderAsterisk } from '../asterisk/render/render.ts';
import { reloadFor } from '../asterisk/write.ts';

/** Where things stand on this machine, and how Asterisk is reached. */
export type FallbackPlaces = {
  /** Working folder: what Asterisk writes down for us, and its messages. */
  var: string;
  /** Set when this server writes Asterisk's configuration. */
  asterisk?: { etc: string; modules: string; data: string; run: string };
  ari: AriAccess;
  sip: RenderOptions['sip'];
  rtp: RenderOptions['rtp'];
  /** Folder of the music on hold. */
  music: string;
};
/** What people edit, as far as the route needs it. */
export type FallbackPlans = Plans & { trunks: TrunkPlan };
type PromptFile = { fileOf(prompt: Prompt): string };

/** Windows rendered ahead: a server that stays dead over a long week-end is still replaced by the right people. */
const aheadMs = 96 * 3_600_000;
const ringSeconds = 20;
/** Secrets stand in Asterisk's files: nobody but the owner reads them. */
const ownerOnly = 0o600;

export const lastResortPrompts: Extract<Prompt, { kind: 'text' }>[] = Object.values(lastResortTexts).map((text) => ({
  kind: 'text',
  text,
  language: 'fr',
}));

export const spoolDir = (settings: Pick<FallbackPlaces, 'var'>): string => join(settings.var, 'spool');
export const voicemailDir = (settings: Pick<FallbackPlaces, 'var'>): string => join(settings.var, 'messages');

/** Everything Asterisk reads, from what people edit. */
export function asteriskFiles(
  settings: FallbackPlaces,
  plans: FallbackPlans,
  prompts: PromptFile,
  now: number,
  secrets: (name: string) => string | undefined,
  names: Pick<CarrierNames, 'addressesOf'>,
): Result<Record<string, string>> {
  const { asterisk, sip, rtp, ari, music } = settings;
  if (!asterisk) return good({});
  const fileOf = (name: LastResortPrompt) =>
    prompts.fileOf({ kind: 'text', text: lastResortTexts[name], language: 'fr' }).replace(/\.wav$/, '');
  const options: RenderOptions = {
    plan: plans.trunks,
    ari: { port: Number(new URL(ari.url).port || 80), user: ari.user, password: ari.password },
    sip,
    rtp,
    dirs: {
      ...asterisk,
      log: join(settings.var, 'asterisk', 'log'),
      spool: join(settings.var, 'asterisk', 'spool'),
      db: join(settings.var, 'asterisk', 'db'),
      music,
    },
    secrets,
    addressesOf: names.addressesOf,
    lastResort: {
      heartbeatMs: 3000,
      ringSeconds,
      lines: lastResortLines(plans, now, aheadMs),
      voicemailDir: voicemailDir(settings),
      spoolDir: spoolDir(settings),
      prompts: {
        welcome: fileOf('welcome'),
        announce: fileOf('announce'),
        taken: fileOf('taken'),
        message: fileOf('message'),
        thanks: fileOf('thanks'),
      },
    },
  };
  return renderAsterisk(options);
}

/** Writes the files where they changed. `reload`: Asterisk runs already and is told. */
export async function writeLastResort(
  settings: FallbackPlaces,
  files: Record<string, string>,
  log: Log,
  reload: boolean,
): Promise<void> {
  if (!settings.asterisk) return;
  for (const dir of [spoolDir(settings), voicemailDir(settings), settings.asterisk.run])
    await mkdir(dir, { recursive: true });
  for (const dir of ['log', 'spool', 'spool/recording', 'db'])
    await mkdir(join(settings.var, 'asterisk', dir), { recursive: true });
  const changed = await replaceFiles(settings.asterisk.etc, files, ownerOnly);
  if (!reload || changed.length === 0) return;
  const left = await reloadFor(settings.ari, changed);
  if (left.length > 0)
    log.warn({ files: left.join(', ') }, 'these files changed and take effect when Asterisk is restarted');
}
