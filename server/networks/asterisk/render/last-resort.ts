// Who is tried when the server itself is gone: plain data for the dialplan, rendered at every planning change.
// It knows no planning: people come in already resolved, window by window.
import type { PersonId, PhoneNumber } from '../../../domain/telephony/names.ts';
import { noHealth } from '../../../domain/trunk/breaker.ts';
import { shownBy } from '../../../domain/trunk/caller-id.ts';
import { route } from '../../../domain/trunk/route.ts';
import type { TrunkPlan } from '../../../domain/trunk/schema.ts';
import { spelled } from '../../../domain/trunk/spelling.ts';
import { trunkOf } from '../../../domain/trunk/view.ts';

/** Who is on call from `from` to `until` (seconds since 1970, `until` excluded), in the order in which they are tried. */
export type Window = { from: number; until: number; phones: { person: PersonId; number: PhoneNumber }[] };

export type LastResort = {
  /** The server sets the global variable VIGIE_HEARTBEAT twice a second; when it is older than this, the server is taken for dead. */
  heartbeatMs: number;
  /** How long each phone rings. */
  ringSeconds: number;
  /** A call to a number that is none of these goes to the first. Windows in order of time; the last one holds on. */
  lines: { number: PhoneNumber; windows: Window[] }[];
  /** Callers' messages, as `<call>.wav`. */
  voicemailDir: string;
  /** What happened, as `<call>.jsonl`: see spool.ts. */
  spoolDir: string;
  /** 8 kHz WAV files: absolute paths WITHOUT `.wav`. */
  prompts: Record<LastResortPrompt, string>;
};

export type LastResortPrompt = keyof typeof lastResortTexts;

/** What the prompts say; to be spoken by the TTS command like every other prompt. */
export const lastResortTexts = {
  welcome:
    "Vous êtes bien sur la ligne d'astreinte. Nous appelons la personne de garde. Restez en ligne, s'il vous plaît.",
  announce:
    "Appel d'astreinte, en secours. Pour prendre l'appel, tapez 1. Pour refuser, tapez 2. Pour réécouter, tapez étoile.",
  taken: 'Vous êtes en communication.',
  message:
    "Personne n'a pu prendre votre appel. Après le bip, laissez votre nom, votre numéro et l'objet de votre appel, puis raccrochez.",
  thanks: 'Merci. Votre message est enregistré.',
} as const;

/** Where the route begins in the dialplan: for a caller whom the server itself sends there. */
export const lastResortRoute = { context: 'vigie-last-resort', extension: 's', priority: 1 };

export const lastResortFile = 'last-resort.conf';

/** A variable of the dialplan is cut at 4096 bytes: this many tries are sure to fit. */
const mostTries = 30;

/** last-resort.conf: called number → line, and for each line the ladder of the hour. Takes effect with a reload of pbx_config. */
export function renderLastResort(plan: TrunkPlan, { lines }: LastResort): string {
  const first = lines[0]?.number ?? '';
  return [
    '; Written by Vigie at every planning change: changes made here are lost.',
    '; A ladder is `phone!person!number!trunk!number shown!number as dialled, where it is written otherwise`, one for each try, in order, joined by `&`.',
    '',
    '[vigie-lr-lines]',
    ...lines.flatMap(({ number }) => spellings(number).map((one) => `exten => ${one},1,Return(${checked(number)})`)),
    `exten => _[+0-9]!,1,Return(${first})`,
    `exten => s,1,Return(${first})`,
    ...lines.flatMap((line) => ['', ...ladderContext(plan, line)]),
    '',
  ].join('\n');
}

/** The ways in which a carrier may write the called number. */
function spellings(number: PhoneNumber): string[] {
  const digits = checked(number).slice(1);
  return [number, digits, `00${digits}`, ...(digits.startsWith('33') ? [`0${digits.slice(2)}`] : [])];
}

/**
 * Before the first window the first holds, after the last the last: the server may have been dead for long, and
 * yesterday's technician is better than nobody. A window without people is a gap that the planning wants.
 */
function ladderContext(plan: TrunkPlan, { number, windows }: LastResort['lines'][number]): string[] {
  const ladders = windows.map((window) => ladder(plan, number, window));
  const lines = [
    ...windows.slice(0, -1).map(({ until }, index) => `GotoIf($[$\{EPOCH} < ${Math.floor(until)}]?w${index})`),
    ...(windows.length > 0 ? [`Goto(w${windows.length - 1})`] : ['Return()']),
  ];
  return [
    `[vigie-lr-ladder-${number.slice(1)}]`,
    ...lines.map((app, index) => (index === 0 ? `exten => s,1,${app}` : ` same => n,${app}`)),
    ...ladders.map((text, index) => ` same => n(w${index}),Return(${text})`),
  ];
}

/** Every phone over each of its trunks in order. A number that may not be dialled is left out, as it would be by the server. */
function ladder(plan: TrunkPlan, line: PhoneNumber, window: Window): string {
  const tries = window.phones.flatMap(({ person, number }, index) => {
    const routed = route({ plan, health: noHealth }, number, window.from * 1000);
    if ('refused' in routed) return [];
    return routed.trunks.flatMap((id) => {
      const trunk = trunkOf(plan, id);
      if (!trunk) return [];
      const { callerId } = shownBy(trunk, { show: 'line', line, caller: '' });
      const shown = spelled(checked(callerId), trunk.shownNumbers);
      const dialled = spelled(checked(number), trunk.numbers);
      const spelling = dialled === number ? [] : [dialled];
      return [[index + 1, plain(person), checked(number), trunk.id, shown, ...spelling].join('!')];
    });
  });
  return fitting(tries.slice(0, mostTries)).join('&');
}

/** As many as a variable holds, with room for what stands around them. */
function fitting(tries: readonly string[]): readonly string[] {
  return tries.join('&').length < 3900 ? tries : fitting(tries.slice(0, -1));
}

const plain = (person: PersonId): string => person.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 40);

/** Numbers come here already checked; a wrong one would be written into a dial string, so it is our bug and throws. */
function checked(number: PhoneNumber): PhoneNumber {
  if (!/^\+[1-9]\d{4,14}$/.test(number)) throw new Error(`not a number in E.164: ${JSON.stringify(number)}`);
  return number;
}
