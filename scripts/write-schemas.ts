// Writes docs/schema/*.schema.json: what an editor needs to complete and check the files that people edit.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { policiesSchema } from '../server/domain/alert/policy.ts';
import { flowSchema } from '../server/domain/flow/schema.ts';
import { linesSchema } from '../server/domain/flow/schema-lines.ts';
import { messagesSchema } from '../server/domain/message/rules.ts';
import { periodsSchema } from '../server/domain/planning/periods.ts';
import { peopleSchema, planningSchema } from '../server/domain/planning/schema.ts';
import { trunksSchema } from '../server/domain/trunk/schema.ts';

const schemas: Record<string, [title: string, schema: z.ZodType]> = {
  'alert-policies': ['Vigie: who hears of an alert (ivr-flows/alert-policies.yaml)', policiesSchema],
  flow: ['Vigie: a flow (ivr-flows/*.yaml)', flowSchema],
  lines: ['Vigie: the lines (ivr-flows/lines.yaml)', linesSchema],
  messages: ['Vigie: messages and tickets (ivr-flows/messages.yaml)', messagesSchema],
  people: ['Vigie: people (plannings/people.yaml)', peopleSchema],
  periods: ['Vigie: periods with a name (plannings/periods.yaml)', periodsSchema],
  planning: ['Vigie: a planning (plannings/*.yaml)', planningSchema],
  trunks: ['Vigie: the carriers (asterisk-config/trunks.yaml)', trunksSchema],
};

/** File name → text, as they stand in docs/schema. What a file may hold before defaults are put in (`io: input`). */
export const schemaTexts = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, [title, schema]]) => {
      const json = { title, ...z.toJSONSchema(schema, { io: 'input', reused: 'ref', unrepresentable: 'any' }) };
      return [`${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );

const here = fileURLToPath(import.meta.url);
if (process.argv[1] === here) {
  const folder = 'docs/schema';
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(schemaTexts())) writeFileSync(join(folder, file), text);
}
