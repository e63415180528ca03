// Saved calls against what the carrier still has: the difference, as ordinary events. Pure.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { Alive, Arrival, CallEvent, Living } from '../../domain/telephony/event.ts';
import { type CallId, type ChannelId, callOf } from '../../domain/telephony/names.ts';

export type ResumePlan = {
  resumed: { call: CallId; resumed: Extract<CallEvent, { type: 'resumed' }> }[];
  /** Legs of calls that are over or unknown: nobody waits for them. */
  strays: ChannelId[];
  /** Callers nobody has spoken to yet. */
  arrivals: Arrival[];
};

export function resumeEvents(calls: readonly Call[], living: Living, at: Instant): ResumePlan {
  const known = new Set(calls.map((call) => call.id));
  const callers = new Set(calls.map((call) => call.channel));
  const foreign = living.channels.filter(({ channel }) => !callers.has(channel) && !known.has(callOf(channel)));
  return {
    resumed: calls.map((call) => ({ call: call.id, resumed: { type: 'resumed', at, alive: aliveOf(call, living) } })),
    strays: foreign.flatMap((one) => (one.arrival ? [] : [one.channel])),
    arrivals: foreign.flatMap((one) => one.arrival ?? []),
  };
}

function aliveOf(call: Call, living: Living): Alive {
  const mine = living.channels.filter(({ channel }) => channel !== call.channel && callOf(channel) === call.id);
  const { doing } = call.flow;
  const recording =
    doing.kind === 'recording' ? living.recordings?.find((one) => one.recording === doing.effect) : undefined;
  const together = living.bridges.find((bridge) => bridge.channels.includes(call.channel));
  return {
    caller: living.channels.some(({ channel }) => channel === call.channel),
    ...(living.since !== undefined && call.startedAt < living.since ? { cutOff: true } : {}),
    legs: Object.fromEntries(mine.map(({ channel, state }) => [channel, state === 'down' ? 'calling' : state])),
    bridged: together?.channels.filter((channel) => channel !== call.channel) ?? [],
    ...(recording ? { recording } : {}),
  };
}
