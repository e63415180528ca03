// extensions.conf: every caller's door, and the last-resort route that needs no server. The people are in last-resort.conf.
// Whatever comes from outside passes FILTER() before anything else sees it. The logic holds no data, so that a reload in
// the middle of a call cannot move that call to another person.

import type { Trunk } from '../../../domain/trunk/schema.ts';
import { domainOf, prefersIdentity } from '../way-out.ts';
import { lastResortFile, lastResortRoute } from './last-resort.ts';
import { leftContext, leftHandler } from './left.ts';
import { messageContexts } from './messages.ts';
import type { RenderOptions } from './options.ts';

/** SIP answers that are the callee's doing (telephony/hangup.ts): never the same phone again through another carrier. */
const calleeAnswers = '404|410|416|480|484|486|487|600|603|604';

export function extensionsConf(options: RenderOptions): string {
  return `; Written by Vigie: changes made here are lost.
[general]
static = yes
writeprotect = yes
clearglobalvars = no
autofallthrough = yes

${inbound}
${door(options)}
${legs(options)}
${answerer(options)}
${lastResort(options)}
${ladder(options)}
${confirmation(options)}
${ending}
${leftContext(options.lastResort.spoolDir, isOwnTest)}
${messageContexts(options)}#include ${lastResortFile}
`;
}

const inbound = `; From the trunks. A registered trunk may call our account's name: the number called is then in To.
[vigie-in]
exten => _[+0-9]!,1,Set(VIGIE_CALLED=\${FILTER(0-9+,\${EXTEN})})
 same => n,Goto(vigie-door,s,1)
exten => _[a-zA-Z].,1,Goto(s,1)
exten => s,1,Set(VIGIE_TO=\${PJSIP_HEADER(read,To)})
 same => n,Set(VIGIE_TO=\${CUT(VIGIE_TO,<,\${FIELDQTY(VIGIE_TO,<)})})
 same => n,Set(VIGIE_TO=\${CUT(VIGIE_TO,@,1)})
 same => n,Set(VIGIE_CALLED=\${FILTER(0-9+,\${CUT(VIGIE_TO,:,2)})})
 same => n,Goto(vigie-door,s,1)
`;

/**
 * A network that vouches for the caller's number says so in P-Asserted-Identity: `verstat=TN-Validation-Passed-A` (ATIS-1000074), letters
 * alone here. VIGIE_ATTESTED is then one more argument, its comma before it.
 */
export const attestation = ` same => n,Set(VIGIE_PAI=\${FILTER(a-zA-Z,\${PJSIP_HEADER(read,P-Asserted-Identity)})})
 same => n,Set(VIGIE_ATTESTED=\${IF($["\${VIGIE_PAI}" =~ "verstatTNValidationPassedA"]?,full)})`;

/** A server that is gone, or stuck with its socket open, is passed by. %s%3q: milliseconds since 1970, as the heartbeat is written. */
const door = ({ ari, lastResort: { heartbeatMs } }: RenderOptions): string => `[vigie-door]
exten => s,1,Set(VIGIE_CALLED=\${VIGIE_CALLED:0:20})
 same => n,Set(VIGIE_CALLER=\${FILTER(0-9+,\${CALLERID(num)})})
 same => n,Set(VIGIE_CALLER=\${IF($["\${CALLERID(num-pres):0:7}" = "allowed"]?\${VIGIE_CALLER:0:20}:)})
 same => n,Set(VIGIE_DIVERTED=\${FILTER(0-9+,\${REDIRECTING(from-num)})})
${attestation}
 same => n,Set(VIGIE_BEAT=\${FILTER(0-9,\${GLOBAL(VIGIE_HEARTBEAT)})})
 same => n,GotoIf($[\${STRFTIME(,,%s%3q)} - 0\${VIGIE_BEAT} > ${heartbeatMs}]?vigie-last-resort,s,1)
 same => n,Set(VIGIE_AT=\${STRFTIME(,,%s%3q)})
 same => n,Set(CHANNEL(hangup_handler_push)=${leftHandler})
 same => n,Stasis(${ari.app ?? 'vigie'},arrival,\${VIGIE_CALLED},\${VIGIE_CALLER},\${VIGIE_DIVERTED:0:20}\${VIGIE_ATTESTED})
 same => n,GotoIf($["\${STASISSTATUS}" = "FAILED"]?vigie-last-resort,s,1)
 same => n,Hangup()
`;

/** Where a leg goes once it is answered. */
export const legContext = { context: 'vigie-leg', extension: 's', priority: 1 };
/** A 302 would make a caller of ours at our own door out of whatever number it names; led into a context that does not exist, it ends there. */
export const notForwarded = { FORWARD_CONTEXT: 'vigie-nowhere' };
/** Longer than a server takes to be started again, or an admin to exchange it. */
const legWaitSeconds = 30;

/** Into the server's hands; while there is none, whoever answered waits for the next one. */
const legs = ({ ari }: RenderOptions): string => `[${legContext.context}]
exten => s,1,Set(VIGIE_UNTIL=$[\${EPOCH} + ${legWaitSeconds}])
 same => n(there),Stasis(${ari.app ?? 'vigie'},leg)
 same => n,GotoIf($["\${STASISSTATUS}" != "FAILED" | \${EPOCH} > \${VIGIE_UNTIL}]?over)
 same => n,Wait(0.2)
 same => n,Goto(there)
 same => n(over),Hangup()
`;

/**
 * Set by the server before it calls one of our numbers itself: the last nine digits that it shows, and the second until which it may
 * ring. On the last-resort route such a call rings on until then: the test's has ended by itself, and anybody else is served.
 */
export const testGuard = { shows: 'VIGIE_TEST_SHOWS', until: 'VIGIE_TEST_UNTIL' };
const isOwnTest = `"x\${VIGIE_CALLER:-9}" = "x\${GLOBAL(${testGuard.shows})}" & \${EPOCH} < 0\${GLOBAL(${testGuard.until})}`;

/** The application of our own callers, and of what answers in a person's place. */
export const testAppOf = (app: string): string => `${app}-tests`;
/** `n`: the two halves stay apart, or the leg would vanish from under its call. */
export const answererEndpoint = 'Local/answer@vigie-test/n';

/** What rings in a person's place when the line tests itself. Nothing here leads to a trunk; without a server it rings off. */
const answerer = ({ ari }: RenderOptions): string => `[vigie-test]
exten => answer,1,Set(TIMEOUT(absolute)=300)
 same => n,Stasis(${testAppOf(ari.app ?? 'vigie')},answerer)
 same => n,Hangup()
`;

/** The caller hears the welcome at once, then music for as long as the ladder is climbed behind the Local channel. */
const lastResort = ({
  dirs,
  plan,
  lastResort: { spoolDir, voicemailDir, prompts },
}: RenderOptions): string => `[${lastResortRoute.context}]
exten => s,1,GotoIf($[${isOwnTest}]?own:on)
 same => n(own),Ringing()
 same => n,Wait($[0\${GLOBAL(${testGuard.until})} - \${EPOCH}])
 same => n(on),Set(__LR_ID=\${FILTER(0-9A-Za-z.-,\${UNIQUEID})})
 same => n,Set(__LR_FILE=${spoolDir}/\${LR_ID}.jsonl)
 same => n,Set(LR_MESSAGE=${voicemailDir}/\${LR_ID}.wav)
 same => n,Set(CHANNEL(hangup_handler_push)=vigie-lr-end,s,1)
 same => n,Set(TIMEOUT(absolute)=${plan.caps.longestCallMinutes * 60})
 same => n,Gosub(vigie-lr-lines,\${IF($["\${VIGIE_CALLED}" = ""]?s:\${VIGIE_CALLED})},1)
 same => n,Set(LR_LINE=\${GOSUB_RETVAL})
 same => n,${note('arrival', { called: 'VIGIE_CALLED', caller: 'VIGIE_CALLER', diverted: 'VIGIE_DIVERTED:0:20', line: 'LR_LINE' })}
 same => n,Answer()
 same => n,Playback(${prompts.welcome})
 same => n,GotoIf($["\${LR_LINE}" = ""]?nobody)
 same => n,Gosub(vigie-lr-ladder-\${LR_LINE:1},s,1)
 same => n,Set(__LR_LADDER=\${GOSUB_RETVAL})
 same => n,GotoIf($["\${LR_LADDER}" = ""]?nobody)
 same => n,Dial(Local/s@vigie-lr-ladder,,${dirs.music ? 'm(default)' : 'r'})
 same => n(nobody),${note('nobody')}
 same => n,Playback(${prompts.message})
 same => n,Record(\${LR_MESSAGE},10,180,k)
 same => n,Playback(${prompts.thanks})
 same => n,Hangup()
`;

/**
 * One phone at a time, over its trunks in order. The phone is done with when the fault was the callee's, and when it rang; a
 * trunk that stayed silent or refused is the carrier's fault. The Local channel answers only once somebody confirmed.
 */
function ladder({ plan, lastResort: { ringSeconds } }: RenderOptions): string {
  const preferring = plan.trunks.filter(prefersIdentity);
  return `${identity(preferring)}[vigie-lr-ladder]
exten => s,1,Set(LR_REST=\${LR_LADDER})
 same => n,Set(LR_DONE=)
 same => n(next),GotoIf($["\${LR_REST}" = ""]?over)
 same => n,Set(LR_TRY=\${SHIFT(LR_REST,&)})
 same => n,GotoIf($["\${CUT(LR_TRY,!,1)}" = "\${LR_DONE}"]?next)
 same => n,Set(__LR_PERSON=\${CUT(LR_TRY,!,2)})
 same => n,Set(__LR_NUMBER=\${CUT(LR_TRY,!,3)})
 same => n,Set(__LR_TRUNK=\${CUT(LR_TRY,!,4)})
 same => n,Set(__LR_SHOWN=\${CUT(LR_TRY,!,5)})
 same => n,Set(LR_DIAL=\${CUT(LR_TRY,!,6)})
 same => n,Set(LR_DIAL=\${IF($["\${LR_DIAL}" = ""]?\${LR_NUMBER}:\${LR_DIAL})})
 same => n,Set(CALLERID(all)=<\${LR_SHOWN}>)
 same => n,Set(CALLERID(pres)=allowed)
 same => n,Set(RINGTIME_MS=)
 same => n,Set(PROGRESSTIME_MS=)
 same => n,HangupCauseClear()
 same => n,${note('ring', { person: 'LR_PERSON', number: 'LR_NUMBER', trunk: 'LR_TRUNK', shown: 'CUT(LR_TRY,!,5)' })}
 same => n,Dial(PJSIP/\${LR_DIAL}@trunk-\${LR_TRUNK},${Math.ceil(ringSeconds)},iU(vigie-lr-confirm)${preferring.length > 0 ? 'b(vigie-lr-identity^s^1)' : ''})
 same => n,Set(LR_STATUS=\${DIALSTATUS})
 same => n,Set(LR_SIP=)
 same => n,Set(LR_KEYS=\${HANGUPCAUSE_KEYS()})
 same => n,GotoIf($["\${LR_KEYS}" = ""]?whose)
 same => n,Set(LR_SIP=\${HANGUPCAUSE(\${CUT(LR_KEYS,\\,,1)},tech)})
 same => n,Set(LR_SIP=\${FILTER(0-9,\${LR_SIP:4:3})})
 same => n(whose),${note('failed', { person: 'LR_PERSON', number: 'LR_NUMBER', trunk: 'LR_TRUNK', status: 'LR_STATUS', sip: 'LR_SIP', q850: 'HANGUPCAUSE' })}
 same => n,GotoIf($["\${LR_STATUS}" = "ANSWER"]?callee)
 same => n,GotoIf($["\${LR_STATUS}" = "NOANSWER" & "\${RINGTIME_MS}\${PROGRESSTIME_MS}" != ""]?callee)
 same => n,GotoIf($["\${LR_SIP}" = ""]?next)
 same => n,GotoIf($[\${REGEX("^(${calleeAnswers})$" \${LR_SIP})} = 0]?next)
 same => n(callee),Set(LR_DONE=\${CUT(LR_TRY,!,1)})
 same => n,Goto(next)
 same => n(over),Hangup(19)
`;
}

/** On a leg before it leaves. P-Asserted-Identity is its endpoint's; this header is nobody's but ours. */
const identity = (trunks: readonly Trunk[]): string =>
  trunks.length === 0
    ? ''
    : `[vigie-lr-identity]
exten => s,1,Set(LR_DOMAIN=)
${trunks.map((trunk) => ` same => n,Set(LR_DOMAIN=\${IF($["\${LR_TRUNK}" = "${trunk.id}"]?${domainOf(trunk)}:\${LR_DOMAIN})})`).join('\n')}
 same => n,GotoIf($["\${LR_DOMAIN}" = ""]?over)
 same => n,Set(PJSIP_HEADER(add,P-Preferred-Identity)=<sip:\${LR_SHOWN}@\${LR_DOMAIN}>)
 same => n(over),Return()
`;

/** On the phone that answered. Only the key 1 joins it to the caller: a voicemail presses nothing. */
const confirmation = ({ lastResort: { prompts } }: RenderOptions): string => `[vigie-lr-confirm]
exten => s,1,Set(GOSUB_RESULT=CONTINUE)
 same => n,Set(LR_TURN=0)
 same => n,${note('answered', { person: 'LR_PERSON', number: 'LR_NUMBER' })}
 same => n(ask),Set(LR_TURN=$[\${LR_TURN} + 1])
 same => n(again),Read(LR_DIGIT,${prompts.announce},1,,1,5)
 same => n,GotoIf($["\${LR_DIGIT}" = "1"]?taken)
 same => n,GotoIf($["\${LR_DIGIT}" = "2"]?declined)
 same => n,GotoIf($["\${LR_DIGIT}" = "*"]?again)
 same => n,GotoIf($[\${LR_TURN} < 2]?ask)
 same => n,${note('not-confirmed', { person: 'LR_PERSON', number: 'LR_NUMBER' })}
 same => n,Return()
 same => n(declined),${note('declined', { person: 'LR_PERSON', number: 'LR_NUMBER' })}
 same => n,Return()
 same => n(taken),${note('taken', { person: 'LR_PERSON', number: 'LR_NUMBER', trunk: 'LR_TRUNK' })}
 same => n,Playback(${prompts.taken})
 same => n,Set(GOSUB_RESULT=)
 same => n,Return()
`;

/** Runs on the caller's channel however the call ended. `bytes` is empty when no message was recorded. */
const ending = `[vigie-lr-end]
exten => s,1,${note('end', { bytes: `STAT(s,\${LR_MESSAGE})` })}
 same => n,Return()
`;

/** One line of the spool (see spool.ts); `values` are expressions of ours or filtered ones: none holds a quote. */
function note(event: string, values: Record<string, string> = {}): string {
  const pairs = Object.entries(values).map(([key, expression]) => `,"${key}":"\${${expression}}"`);
  return `Set(FILE(\${LR_FILE},,,al,u)={"event":"${event}","at":\${EPOCH}${pairs.join('')}})`;
}
