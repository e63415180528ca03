// What a SIP MESSAGE does in Asterisk: it is written down, one file each, before any server hears of it. No other effect is there to be had.
// From, To and body go through base64: whatever they hold, they are letters, digits, `+`, `/` and `=` in that file. Read by sms-spool.ts.
import type { Trunk } from '../../../domain/trunk/schema.ts';
import type { RenderOptions } from './options.ts';

/** A carrier is known by its address alone, and the context says which it was. Others have one that does not exist. */
export const messageContext = ({ id, sms }: Trunk): string => (sms ? `vigie-messages-${id}` : 'vigie-no-messages');

/** Messages run one after the other, so that a microsecond names a file. */
export function messageContexts({ plan, lastResort: { spoolDir } }: RenderOptions): string {
  const written = (trunk: Trunk) =>
    `{"trunk":"${trunk.id}","called":"\${FILTER(0-9+,\${EXTEN})}","from":"\${BASE64_ENCODE(\${MESSAGE(from)})}","to":"\${BASE64_ENCODE(\${MESSAGE(to)})}","body":"\${BASE64_ENCODE(\${MESSAGE(body)})}"}`;
  return plan.trunks
    .filter(({ sms }) => sms)
    .map(
      (trunk) => `[${messageContext(trunk)}]
exten => _[+0-9a-zA-Z]!,1,Set(FILE(${spoolDir}/\${STRFTIME(,,%s%6q)}.sms,,,al,u)=${written(trunk)})
 same => n,Hangup()

`,
    )
    .join('');
}
