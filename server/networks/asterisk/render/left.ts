// Who left while the server was to lead their call: a line each, for a server that died, or heard nothing, before it had saved that call.
import { z } from 'zod';
import { linesOf } from './lines.ts';

/** In the spool's folder. Asterisk adds to it; whoever reads it takes it away first. */
export const leftFile = 'callers.left';

/** Pushed on every caller who is handed to the server. The last-resort route writes down its own (dialplan.ts), and `isOwnTest` is nobody. */
export const leftHandler = 'vigie-left,s,1';
export const leftContext = (spoolDir: string, isOwnTest: string): string => `[vigie-left]
exten => s,1,GotoIf($["\${LR_ID}" != ""]?told)
 same => n,GotoIf($[${isOwnTest}]?told)
 same => n,Set(FILE(${spoolDir}/${leftFile},,,al,u)={"channel":"\${FILTER(0-9A-Za-z.-,\${UNIQUEID})}","called":"\${VIGIE_CALLED}","caller":"\${VIGIE_CALLER}","at":\${VIGIE_AT},"left":\${STRFTIME(,,%s%3q)}})
 same => n(told),Return()
`;

const line = z.object({
  channel: z.string().min(1),
  /** As they were dialled and shown: digits, or empty. */
  called: z.string(),
  caller: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
  left: z.number(),
});
export type Left = z.output<typeof line>;

export const readLeft = (text: string): Left[] => linesOf(text, line);
