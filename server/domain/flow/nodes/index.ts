// The kinds of node that there are, one line each. What a kind is: kind.ts. How one is added: docs/adding.md.
import { z } from 'zod';
import type { NodeKind } from '../kind.ts';
import { trouble } from '../run.ts';
import type { FlowNode } from '../set.ts';
import { alert } from './alert/alert.ts';
import { callBack } from './call-back/call-back.ts';
import { callLog } from './call-log/call-log.ts';
import { collect } from './collect/collect.ts';
import { decide } from './decide/decide.ts';
import { dial } from './dial/dial.ts';
import { goTo } from './goto/goto.ts';
import { hangup } from './hangup/hangup.ts';
import { listen } from './listen/listen.ts';
import { lookUp } from './look-up/look-up.ts';
import { mail } from './mail/mail.ts';
import { menu } from './menu/menu.ts';
import { message } from './message/message.ts';
import { pin } from './pin/pin.ts';
import { comeBack } from './return/return.ts';
import { say } from './say/say.ts';
import { set } from './set/set.ts';
import { sms } from './sms/sms.ts';
import { subFlow } from './sub-flow/sub-flow.ts';
import { choose } from './switch/switch.ts';
import { takeDuty } from './take-duty/take-duty.ts';
import { ticket } from './ticket/ticket.ts';
import { transfer } from './transfer/transfer.ts';

/** In the order in which they are told to whoever edits a file. */
export const kinds: readonly [NodeKind, ...NodeKind[]] = [
  say,
  menu,
  collect,
  lookUp,
  choose,
  dial,
  transfer,
  message,
  set,
  goTo,
  subFlow,
  comeBack,
  alert,
  decide,
  sms,
  mail,
  ticket,
  listen,
  pin,
  callLog,
  takeDuty,
  callBack,
  hangup,
];

const byName = new Map(kinds.map((kind) => [nameOf(kind), kind]));

/** The word that stands in a flow file. */
function nameOf({ schema }: NodeKind): string {
  return schema.shape.kind.value;
}
export const kindNames: readonly string[] = kinds.map(nameOf);

/** @returns undefined for a word that is none: a record may be older than the kinds of today */
export const kindNamed = (name: string): NodeKind | undefined => byName.get(name);

/** A flow that a later server published may hold what this one does not know: the caller is told, and an admin learns why. */
const unknown: NodeKind = {
  schema: z.strictObject({ kind: z.literal('') }),
  about: '',
  exits: () => [],
  enter: (run, { kind }) => trouble(run, `no kind of node is called "${kind}"`),
};

export const kindOf = ({ kind }: FlowNode): NodeKind => byName.get(kind) ?? unknown;
