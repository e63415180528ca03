// messages.yaml becomes checked rules and tools; what it names must exist. Pure.
import { readDocument } from '../../base/document.ts';
import { didYouMean } from '../../base/nearest.ts';
import { bad, good, type Problem, type Result } from '../../base/result.ts';
import { type Messages, messagesSchema } from './rules.ts';
import { smsWarning } from './segments.ts';

export type KnownToMessages = { plannings: ReadonlySet<string> | null; people: ReadonlySet<string> | null };
const duties: ReadonlySet<string> = new Set(['period', 'eve', 'moved']);

export function readMessages(file: { file: string; text: string }, known: KnownToMessages): Result<Messages> {
  const read = readDocument(file.file, file.text, messagesSchema);
  if (!read.ok) return read;
  const { value, locate } = read.value;
  const problems = value.rules.flatMap(({ on, planning, person, by, subject }, i): Problem[] => {
    const at = (key?: string) => locate(['rules', i, ...(key ? [key] : [])]);
    const missing = (key: 'planning' | 'person', name: string | undefined, names: ReadonlySet<string> | null) =>
      name === undefined || !names || names.has(name)
        ? []
        : [
            {
              ...at(key),
              message: `there is no ${key} "${name}"`,
              hint: didYouMean(name, names) ?? `there are: ${[...names].join(', ')}`,
            },
          ];
    const named = [planning, person].filter((one) => one !== undefined).length;
    return [
      ...missing('planning', planning, known.plannings),
      ...missing('person', person, known.people),
      ...(!duties.has(on) && named !== 1
        ? [{ ...at(), message: `a message names ${named} of planning, person`, hint: 'name exactly one' }]
        : []),
      ...(by === 'mail' && subject === undefined
        ? [{ ...at(), message: 'a mail needs a subject', hint: 'add subject: "Appel de {caller}"' }]
        : []),
    ];
  });
  const gateways = value.sms.flatMap(({ name, as, body }, i): Problem[] => [
    ...(value.sms.findIndex((one) => one.name === name) < i
      ? [
          {
            ...locate(['sms', i, 'name']),
            message: `there is a gateway "${name}" already`,
            hint: 'give each its own name',
          },
        ]
      : []),
    ...(as === 'form' && (typeof body !== 'object' || body === null || Array.isArray(body))
      ? [
          {
            ...locate(['sms', i]),
            message: 'a form needs fields',
            hint: 'write body: { to: "{to}", message: "{text}" }',
          },
        ]
      : []),
  ]);
  const all = [...problems, ...gateways];
  return all.length > 0 ? bad(...all) : good(value);
}

/** What an admin should know of texts that are sent as SMS; nothing where the file cannot be read (its problems are told then). */
export function messageWarnings(file: { file: string; text: string }): Problem[] {
  const read = readDocument(file.file, file.text, messagesSchema);
  if (!read.ok) return [];
  const { value, locate } = read.value;
  return value.rules.flatMap(({ by, text }, i): Problem[] => {
    if (by !== 'sms') return [];
    const texts = typeof text === 'string' ? { '': text } : text;
    return Object.entries(texts).flatMap(([language, one]) => {
      const told = smsWarning(one);
      return told ? [{ ...locate(['rules', i, 'text', ...(language ? [language] : [])]), ...told }] : [];
    });
  });
}
