// Which function plays which kind of node, and what the events of its wait mean.
import type { CallEvent } from '../../telephony/event.ts';
import { typed } from '../ahead.ts';
import { emit, end, type Lead, nodeOf, type Run, timerName, trouble } from '../run.ts';
import type { Node, NodeOf } from '../schema.ts';
import type { Doing, FlowEvent } from '../state.ts';
import { askAgain, enterAsk, onAsk } from './ask.ts';
import { enterCallLog, onCallLog } from './call-log.ts';
import { enterCallBack, enterDial, onDialed } from './dial.ts';
import { enterListen, onListen } from './listen.ts';
import { enterLookUp, onLookUp } from './look-up.ts';
import { enterMessage, onMessage, record } from './message.ts';
import { enterDecide, enterMail, enterSms, enterTicket, onTicket } from './outgoing.ts';
import { enterPin, onPin } from './pin.ts';
import { enterAlert, enterGoto, enterHangup, enterReturn, enterSay, enterSet, enterSubFlow } from './plain.ts';
import { enterSwitch } from './switch.ts';
import { enterTakeDuty, onTakeDuty } from './take-duty.ts';

type Kind = Node['kind'];
type Enter<K extends Kind> = (run: Run, node: NodeOf<K>) => Lead;

const enter: { [K in Kind]: Enter<K> } = {
  say: enterSay,
  menu: enterAsk,
  collect: enterAsk,
  'look-up': enterLookUp,
  switch: enterSwitch,
  dial: enterDial,
  transfer: enterDial,
  message: enterMessage,
  set: enterSet,
  goto: enterGoto,
  'sub-flow': enterSubFlow,
  return: enterReturn,
  alert: enterAlert,
  decide: enterDecide,
  sms: enterSms,
  mail: enterMail,
  ticket: enterTicket,
  listen: enterListen,
  pin: enterPin,
  'call-log': enterCallLog,
  'take-duty': enterTakeDuty,
  'call-back': enterCallBack,
  hangup: enterHangup,
};

export const enterNode = <K extends Kind>(run: Run, node: NodeOf<K>): Lead =>
  (enter[node.kind as K] as Enter<K>)(run, node);

/** @returns undefined when the event changes nothing here. */
export function onEvent(run: Run, event: FlowEvent): Lead | undefined {
  const node = nodeOf(run);
  if (!node) return undefined;
  if (event.type === 'caller-hung-up') return onGone(run);
  if (event.type !== 'dial-ended') return onCallEvent(run, node, event);
  const dialled =
    run.state.doing.kind === 'dialling' &&
    (node.kind === 'dial' || node.kind === 'transfer' || node.kind === 'call-back');
  return dialled ? onDialed(run, node, event.exit) : undefined;
}

function onCallEvent(run: Run, node: Node, event: CallEvent): Lead | undefined {
  const { doing } = run.state;
  if (node.kind === 'pin') return onPin(run, node, doing, event);
  if (node.kind === 'call-log') return onCallLog(run, node, doing, event);
  if (node.kind === 'take-duty') return onTakeDuty(run, node, doing, event);
  if (doing.kind === 'asking') return onAsking(run, node, doing, event);
  if (event.type === 'digits' && isTypedAhead(doing, node)) return typed(run, node, event.digits);
  if (doing.kind === 'looking-up' && node.kind === 'ticket') return onTicket(run, node, doing.effect, event);
  if (doing.kind === 'looking-up' && node.kind === 'look-up') return onLookUp(run, node, doing.effect, event);
  if (doing.kind === 'recording' && node.kind === 'message') return onMessage(run, node, doing.effect, event);
  return doing.kind === 'playing' && isPlayed(run, doing.effect, event) ? afterPlay(run, node) : undefined;
}

function onAsking(run: Run, node: Node, doing: Extract<Doing, { kind: 'asking' }>, event: CallEvent) {
  if (isAsking(node)) return onAsk(run, node, doing, event);
  return node.kind === 'listen' ? onListen(run, node, doing, event) : undefined;
}

/** Nobody asks now: what is typed is meant for the next question. */
const isTypedAhead = (doing: Doing, node: Node): boolean =>
  doing.kind === 'looking-up' || (doing.kind === 'playing' && node.kind === 'say');

const isAsking = (node: Node): node is NodeOf<'menu'> | NodeOf<'collect'> =>
  node.kind === 'menu' || node.kind === 'collect';

function isPlayed(run: Run, effect: string, event: FlowEvent): boolean {
  if (event.type === 'playback-finished') return event.playback === effect;
  if (event.type === 'effect-failed') return event.effect === effect;
  return event.type === 'timer' && event.name === timerName(run, 'play');
}

function afterPlay(run: Run, node: Node): Lead {
  emit(run, { type: 'cancel-timer', name: timerName(run, 'play') });
  if (node.kind === 'say') return { go: node.then };
  if (node.kind === 'message') return record(run, node);
  if (node.kind === 'hangup') return end(run, node.reason, 'told');
  return trouble(run, 'a sound ended at a node that plays none');
}

const timers = { playing: 'play', asking: 'no-input', recording: 'record', 'looking-up': 'look-up' } as const;

/** The caller hung up. A message being recorded is still received; a hunt in progress reports `dial-ended` itself. */
function onGone(run: Run): Lead | undefined {
  const { state } = run;
  if (state.gone || state.doing.kind === 'dialling' || state.doing.kind === 'ended') return undefined;
  state.gone = true;
  if (state.doing.kind === 'recording') {
    emit(run, { type: 'start-timer', name: timerName(run, 'record'), ms: 5_000 });
    return { want: 'wait' };
  }
  if (state.doing.kind !== 'nothing')
    emit(run, { type: 'cancel-timer', name: timerName(run, timers[state.doing.kind]) });
  return end(run, 'normal', 'gone');
}

/** Begins what was going on again: a prompt, a question, a recording, a look-up. */
export function resumeNode(run: Run): Lead {
  const { doing, gone } = run.state;
  const node = nodeOf(run);
  if (!node || gone) return end(run, 'normal', 'gone');
  if (doing.kind === 'asking' && isAsking(node)) return askAgain(run, node, doing);
  if (doing.kind === 'recording' && node.kind === 'message') return record(run, node);
  return enterNode(run, node);
}
