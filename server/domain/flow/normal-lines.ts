// Written lines become plain ones: numbers in E.164, defaults put in.
import type { Checked } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import type { Problem } from '../../base/result.ts';
import { readNumber } from '../telephony/numbers.ts';
import { isHolidayPlace } from './hours.ts';
import { numbersAt, type Report, reporter, writeIt } from './normal-numbers.ts';
import type { WrittenLines } from './schema-lines.ts';
import type { FlowSet, Line } from './set.ts';
import { wordsIn } from './words.ts';

type Written = WrittenLines['lines'][number];

export function normalLists(document: Checked<WrittenLines>, problems: Problem[]): FlowSet['lists'] {
  const numbers = numbersAt(['lists'], reporter(document.locate, problems));
  const entries = Object.entries(document.value.lists).map(([name, written]): [string, string[]] => [
    name,
    numbers.patterns(written, name),
  ]);
  return Object.fromEntries(entries);
}

/** One line with the defaults put in; undefined when its number cannot be read. */
export function normalLine(document: Checked<WrittenLines>, index: number, problems: Problem[]): Line | undefined {
  const report = reporter(document.locate, problems);
  const { defaults, lines } = document.value;
  const own = lines[index];
  const number = own && readNumber(own.number);
  if (!own || !number) {
    if (own) report(['lines', index, 'number'], `"${own.number}" is not a telephone number`, writeIt);
    return undefined;
  }
  const language = own.language ?? defaults.language ?? 'fr';
  const timezone = own.timezone ?? defaults.timezone ?? 'Europe/Paris';
  const holidays = own.holidays ?? defaults.holidays ?? 'FR';
  checkPlaces(report, own, index, { timezone, holidays });
  return {
    number,
    name: own.name,
    flow: own.flow,
    language,
    timezone,
    holidays,
    ...(own.sms ? { sms: smsOf(own.sms) } : {}),
    show: own.show ?? defaults.show ?? 'line',
    wait: waitOf(own.wait ?? defaults.wait, language),
  };
}

function checkPlaces(
  report: Report,
  own: Written,
  index: number,
  { timezone, holidays }: Pick<Line, 'timezone' | 'holidays'>,
) {
  const place = (key: 'timezone' | 'holidays') => (own[key] ? ['lines', index, key] : ['defaults', key]);
  if (!isZone(timezone)) report(place('timezone'), `"${timezone}" is no time zone`, zoneHint(timezone));
  if (!isHolidayPlace(holidays)) report(place('holidays'), `no public holidays are known for "${holidays}"`);
}

const waitOf = (wait: Written['wait'], language: string): Line['wait'] => ({
  sound: wait?.sound ?? 'music',
  words: wait?.words ?? [{ text: wordsIn(language).waiting }],
  every: wait?.every ?? 15,
});

const smsOf = ({ planning, policy, hours }: NonNullable<Written['sms']>): NonNullable<Line['sms']> => ({
  planning,
  hours,
  ...(policy === undefined ? {} : { policy }),
});

export function normalSelfTest({ 'self test': written, defaults }: WrittenLines): Pick<FlowSet, 'selfTest'> {
  if (!written) return {};
  const { every, hours, trunks, policy, planning, person } = written;
  const target = planning ? { planning } : person ? { person } : undefined;
  return {
    selfTest: {
      everyMs: every * 60_000,
      zone: defaults.timezone ?? 'Europe/Paris',
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
