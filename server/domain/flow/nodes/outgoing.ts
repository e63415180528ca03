// Nodes whose word leaves the house in writing, and the one that weighs an urgency. None makes a sound; only a ticket may be waited for.

import type { Target } from '../../telephony/effect.ts';
import type { CallEvent } from '../../telephony/event.ts';
import { nextWithin } from '../hours.ts';
import { emit, type Lead, lineOf, note, type Run, timerName, wait } from '../run.ts';
import type { NodeOf } from '../schema.ts';
import { filled } from '../speak.ts';

export function targetOf(
  run: Run,
  { planning, person }: { planning?: string | undefined; person?: string | undefined },
): Target | undefined {
  if (planning !== undefined) return { planning: filled(run, planning) };
  return person === undefined ? undefined : { person };
}

/** The decision and its reason stand on record, whichever it is. */
export function enterDecide(run: Run, node: NodeOf<'decide'>): Lead {
  const reason = filled(run, node.reason);
  note(run, { note: `${node.decision}: ${reason}` });
  if (node.decision === 'log') return { go: node.then };
  const target = targetOf(run, node);
  const notBefore =
    node.decision === 'defer' && node.hours ? nextWithin(node.hours, run.at, lineOf(run).timezone) : undefined;
  emit(run, {
    ...{ type: 'raise-alert', reason },
    ...(target ? { target } : {}),
    ...(node.policy ? { policy: node.policy } : {}),
    ...(notBefore === undefined ? {} : { notBefore }),
  });
  return { go: node.then };
}

export function enterSms(run: Run, node: NodeOf<'sms'>): Lead {
  const to = node.caller ? ('caller' as const) : targetOf(run, node);
  if (to) emit(run, { type: 'deliver', what: { by: 'sms', to, text: filled(run, node.text) } });
  return { go: node.then };
}

export function enterMail(run: Run, node: NodeOf<'mail'>): Lead {
  const to = node.address === undefined ? targetOf(run, node) : { address: node.address };
  const words = { subject: filled(run, node.subject), text: filled(run, node.text) };
  if (to) emit(run, { type: 'deliver', what: { by: 'mail', to, ...words } });
  return { go: node.then };
}

export function enterTicket(run: Run, node: NodeOf<'ticket'>): Lead {
  const { into } = node;
  const effect = emit(run, { type: 'deliver', what: { by: 'ticket', tool: node.tool, ...(into ? { into } : {}) } });
  if (into === undefined) return { go: node.then };
  run.state.values[into] = '';
  if (run.state.gone) return { go: node.then };
  run.state.turn++;
  run.state.doing = { kind: 'looking-up', effect };
  emit(run, { type: 'start-timer', name: timerName(run, 'look-up'), ms: node.wait * 1000 });
  return wait;
}

/** The reference, or patience at its end: the ticket goes its own way. */
export function onTicket(run: Run, node: NodeOf<'ticket'>, effect: string, event: CallEvent): Lead | undefined {
  const late = event.type === 'timer' && event.name === timerName(run, 'look-up');
  const answered = event.type === 'looked-up' && event.request === effect;
  if (!late && !answered) return undefined;
  emit(run, { type: 'cancel-timer', name: timerName(run, 'look-up') });
  const reference = answered ? Object.values(event.found ?? {})[0] : undefined;
  if (node.into !== undefined && typeof reference === 'string') run.state.values[node.into] = reference;
  note(run, { note: reference ? `ticket ${reference}` : 'no reference yet' });
  return { go: node.then };
}
