// Written forms become plain ones: numbers in E.164, defaults of lines put in, recordings with their folder.
import type { Checked } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import type { Known } from './draft.ts';
import { isHolidayPlace } from './hours.ts';
import { isEmergency, readNumber, readPattern } from './numbers.ts';
import type { Node, WrittenFlow } from './schema.ts';
import type { WrittenLines } from './schema-lines.ts';
import type { Piece } from './schema-parts.ts';
import type { FlowSet, Line } from './set.ts';
import { wordsIn } from './words.ts';

type Report = (path: PropertyKey[], message: string, hint?: string) => void;

const reporter =
  (document: Checked<unknown>, problems: Problem[]): Report =>
  (path, message, hint) =>
    problems.push({ ...document.locate(path), message, ...(hint ? { hint } : {}) });

const writeIt = 'write "01 99 00 10 00" or "+33 1 99 00 10 00"';

export function normalLists(document: Checked<WrittenLines>, problems: Problem[]): FlowSet['lists'] {
  const report = reporter(document, problems);
  const entries = Object.entries(document.value.lists).map(([name, numbers]): [string, string[]] => [
    name,
    numbers.flatMap((text, i) => pattern(text, ['lists', name, i], report)),
  ]);
  return Object.fromEntries(entries);
}

/** One line with the defaults put in; undefined when its number cannot be read. */
export function normalLine(document: Checked<WrittenLines>, index: number, problems: Problem[]): Line | undefined {
  const report = reporter(document, problems);
  const { defaults } = document.value;
  const own = document.value.lines[index];
  if (!own) return undefined;
  const number = readNumber(own.number);
  if (!number) {
    report(['lines', index, 'number'], `"${own.number}" is not a telephone number`, writeIt);
    return undefined;
  }
  const language = own.language ?? defaults.language ?? 'fr';
  const wait = own.wait ?? defaults.wait;
  const timezone = own.timezone ?? defaults.timezone ?? 'Europe/Paris';
  const holidays = own.holidays ?? defaults.holidays ?? 'FR';
  const place = (key: 'timezone' | 'holidays') => (own[key] ? ['lines', index, key] : ['defaults', key]);
  if (!isZone(timezone)) report(place('timezone'), `"${timezone}" is no time zone`, zoneHint(timezone));
  if (!isHolidayPlace(holidays)) report(place('holidays'), `no public holidays are known for "${holidays}"`);
  return {
    ...{ number, name: own.name, flow: own.flow, language, timezone, holidays },
    ...(own.sms ? { sms: smsOf(own.sms) } : {}),
    show: own.show ?? defaults.show ?? 'line',
    wait: {
      sound: wait?.sound ?? 'music',
      words: wait?.words ?? [{ text: wordsIn(language).waiting }],
      every: wait?.every ?? 15,
    },
  };
}

const smsOf = ({ planning, policy, hours }: NonNullable<WrittenLines['lines'][number]['sms']>) => ({
  ...{ planning, hours },
  ...(policy === undefined ? {} : { policy }),
});

export function normalSelfTest({ 'self test': written, defaults }: WrittenLines): Pick<FlowSet, 'selfTest'> {
  if (!written) return {};
  const { every, hours, trunks, policy, planning, person } = written;
  const target = planning ? { planning } : person ? { person } : undefined;
  return {
    selfTest: {
      ...{ everyMs: every * 60_000, zone: defaults.timezone ?? 'Europe/Paris' },
      ...(hours ? { hours } : {}),
      ...(trunks ? { trunks } : {}),
      ...(policy ? { policy } : {}),
      ...(target ? { target } : {}),
    },
  };
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone.includes('/') || zone === 'UTC';
  } catch {
    // Intl knows no other way to ask.
    return false;
  }
}

const zoneHint = (zone: string) => didYouMean(zone, Intl.supportedValuesOf('timeZone')) ?? 'write "Europe/Paris"';

function pattern(text: string, path: PropertyKey[], report: Report): string[] {
  const read = readPattern(text);
  if (!read) report(path, `"${text}" is not a telephone number`, `${writeIt}, or a beginning such as "+33 1 99*"`);
  return read ? [read] : [];
}

/** Nodes with their numbers in E.164 and their recordings as absolute paths. */
export function normalFlow(document: Checked<WrittenFlow>, known: Known, problems: Problem[]): Record<string, Node> {
  const report = reporter(document, problems);
  const entries = Object.entries(document.value.nodes).map(([id, node]): [string, Node] => [
    id,
    withRecordings(withNumbers(node, ['nodes', id], report), known),
  ]);
  return Object.fromEntries(entries);
}

function withNumbers(node: Node, path: PropertyKey[], report: Report): Node {
  if (node.kind === 'transfer') return { ...node, number: target(node.number, [...path, 'number'], report) };
  if (node.kind === 'dial') {
    const levels = node.levels.map((level, i) =>
      level.number === undefined
        ? level
        : { ...level, number: target(level.number, [...path, 'levels', i, 'number'], report) },
    );
    return { ...node, levels };
  }
  if (node.kind !== 'switch') return node;
  const cases = node.cases.map((one, i) => {
    const numbers = (key: 'called' | 'caller', given: string[]) =>
      given.flatMap((text, j) => pattern(text, [...path, 'cases', i, key, j], report));
    const { called, caller } = one;
    return {
      ...one,
      ...(called ? { called: numbers('called', called) } : {}),
      ...(Array.isArray(caller) ? { caller: numbers('caller', caller) } : {}),
    };
  });
  return { ...node, cases };
}

/** A number to be dialled. Emergency numbers are told apart first: as short numbers they would only be "no number". */
function target(text: string, path: PropertyKey[], report: Report): string {
  if (isEmergency(text)) {
    report(
      path,
      `"${text}" is an emergency number: a trunk takes it to the wrong centre`,
      'say the number in a prompt instead',
    );
    return text;
  }
  const number = readNumber(text);
  if (!number) report(path, `"${text}" is not a telephone number`, writeIt);
  return number ?? text;
}

/** Recordings are named inside one folder; a name that leaves it is left as it is, and refused by the checks. */
function withRecordings(node: Node, known: Known): Node {
  const folder = known.recordings?.folder;
  const mapped = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mapped);
    if (typeof value !== 'object' || value === null) return value;
    const piece = value as Piece;
    if ('file' in piece)
      return folder && known.recordings?.files.has(piece.file) ? { file: `${folder}/${piece.file}` } : piece;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapped(part)]));
  };
  return mapped(node) as Node;
}
