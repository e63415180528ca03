// `self test` of lines.yaml: the hours, trunks, people and policy that it names must exist.
import { didYouMean } from '../../../base/nearest.ts';
import { type Finding, oneOf, type Rule } from '../finding.ts';
import { hourFindings } from '../hour-findings.ts';

export const selfTest: Rule = (draft) => {
  const { 'self test': written } = draft.lines.value;
  if (!written) return [];
  const { known } = draft;
  const finding = (path: PropertyKey[], message: string, hint?: string): Finding => ({
    ...draft.lines.locate(['self test', ...path]),
    message,
    ...(hint ? { hint } : {}),
    severity: 'error',
  });
  const named = (path: PropertyKey[], what: string, name: string | undefined, names?: ReadonlySet<string> | null) =>
    name === undefined || !names || names.has(name)
      ? []
      : [finding(path, `there is no ${what} "${name}", ${oneOf(names)}`, didYouMean(name, names))];
  const hours = hourFindings(written.hours, (days, message, hint) => finding(['hours', days], message, hint));
  const both = written.planning !== undefined && written.person !== undefined;
  return [
    ...hours,
    ...(both ? [finding(['person'], 'name a planning or a person, not both')] : []),
    ...named(['policy'], 'alert policy', written.policy, known.policies),
    ...named(['planning'], 'planning', written.planning, known.plannings),
    ...named(['person'], 'person', written.person, known.people),
    ...(written.trunks ?? []).flatMap((trunk, i) =>
      trunk === 'twilio' ? [] : named(['trunks', i], 'trunk', trunk, known.trunks),
    ),
  ];
};
