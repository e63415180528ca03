// How a call begins: somebody is at the door, or the line rings a technician by itself.
import { callBackState, technicianSpec } from '../flow/call-back.ts';
import { enterFlow } from '../flow/step.ts';
import { startHunt } from '../hunt/step.ts';
import type { Arrival } from '../telephony/event.ts';
import { type CallId, noChannel } from '../telephony/names.ts';
import { type Call, type CallBackOrder, type CallContext, mintFor, type Step } from './call.ts';
import { emitter, fromFlow, fromHunt, settle } from './step.ts';

/** The caller is at the door: the flow of the number called begins. */
export function beginCall(context: CallContext, id: CallId, arrival: Arrival): Step {
  const mint = mintFor({ id, effects: 0, legs: 0 });
  const { called, caller, at, carrier, channel, attested } = arrival;
  const from = attested ? { called, caller, at, attested } : { called, caller, at };
  const first = enterFlow(context.flows, from, mint.effect);
  const call: Call = {
    id,
    carrier,
    channel,
    called,
    caller,
    startedAt: at,
    version: context.flows.version,
    planningVersion: context.planningVersion,
    phase: 'flow',
    effects: 0,
    legs: 0,
    flow: first.state,
    pastLegs: [],
    path: [],
    notes: [],
    ...(arrival.test ? { test: arrival.test } : {}),
  };
  return settle(fromFlow({ call, effects: [] }, first, context, mint, at), mint);
}

/** The line begins a call by itself: the technician is rung first. Nobody is there yet who could hear anything. */
export function beginCallBack(context: CallContext, id: CallId, order: CallBackOrder): Step {
  const mint = mintFor({ id, effects: 0, legs: 0 });
  const { at, carrier, line, number, person, by } = order;
  const flow = callBackState(order);
  const asked = { at, flow: flow.flow, node: '', kind: 'call-back', note: `asked by ${by}: ${person} calls ${number}` };
  const call: Call = {
    id,
    carrier,
    channel: noChannel(id),
    called: line,
    caller: '',
    startedAt: at,
    version: context.flows.version,
    planningVersion: context.planningVersion,
    phase: 'hunt',
    effects: 0,
    legs: 0,
    flow,
    pastLegs: [],
    path: [asked],
    notes: [],
    callBack: { person, number, by },
  };
  const turn = startHunt(technicianSpec(context.flows, order), emitter(context, mint, at));
  return settle(fromHunt({ call, effects: [] }, turn, context, mint, at), mint);
}
