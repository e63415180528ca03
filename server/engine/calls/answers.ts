// The house's own answers to a call: who is on call, what a table says, whether a leg may leave. No telephony here.
import type { Instant } from '../../base/clock.ts';
import type { Call } from '../../domain/call/call.ts';
import type { FlowSet } from '../../domain/flow/set.ts';
import { takesTurn } from '../../domain/hunt/order.ts';
import type { ResolveOnCall, Target } from '../../domain/telephony/effect.ts';
import type { CallEvent } from '../../domain/telephony/event.ts';
import { hangup } from '../../domain/telephony/hangup.ts';
import type { CallId, EffectId, Values } from '../../domain/telephony/names.ts';
import type { Ports } from './ports.ts';
import type { Traffic } from './traffic.ts';
import type { Answers } from './turn.ts';

export type { Answers };

/** @param later takes the answers that a service gives after the step is over. */
export function openAnswers(
  ports: Ports,
  traffic: Traffic,
  flowsOf: (call: Call) => FlowSet,
  later: (call: CallId, event: CallEvent) => void,
): Answers {
  const { config, clock } = ports;
  return {
    resolve: (call, asked, request, at) => resolve(ports, call, asked, request, at),
    lookUp: (call, asked, request, at) => {
      const event = (found: Values | null, failed?: string): CallEvent => ({
        type: 'looked-up',
        at: clock.now(),
        request,
        found,
        ...(failed ? { failed } : {}),
      });
      try {
        const found = config.lookUp(flowsOf(call), asked);
        if (!(found instanceof Promise)) return { ...event(found), at };
        found.then(
          (values) => later(call.id, event(values)),
          (error: unknown) => later(call.id, event(null, String(error))),
        );
        return undefined;
      } catch (error) {
        return event(null, String(error));
      }
    },
    refuse: (call, asked, at) =>
      !call.test && traffic.legsOf(asked.person, call, asked.leg) >= asked.maxCalls
        ? { type: 'leg-ended', at, leg: asked.leg, hangup: hangup('occupied') }
        : undefined,
    refuseRecording: (call, request, at) => {
      if (ports.room?.() !== false) return undefined;
      ports.log.error({ call: call.id }, 'no message is recorded: the disk is nearly full');
      return { type: 'effect-failed', at, effect: request, why: 'the disk is nearly full' };
    },
  };
}

/**
 * Where the disk refuses, the order among people suffers, never the call; a resolver that fails is an empty planning,
 * which every flow has a way on from.
 */
function resolve(
  { journal, config, log }: Ports,
  { test }: Call,
  asked: ResolveOnCall,
  request: EffectId,
  at: Instant,
): CallEvent {
  const tolerant = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      log.error({ error, target: nameOf(asked.target) }, 'the question who is on call met an error; the call goes on');
      return otherwise;
    }
  };
  const nobody = { people: [], because: 'the planning could not be asked' };
  const { people, because } = tolerant(() => config.onCall(asked.target, at), nobody);
  const known = people.map((one) => {
    const lastTalkedAt = tolerant(() => journal.lastTalked(one.person), undefined);
    return lastTalkedAt === undefined ? one : { ...one, lastTalkedAt };
  });
  // Minutes as turns still share the load out.
  const turn = () => tolerant(() => journal.nextTurn(nameOf(asked.target)), Math.floor(at / 60_000));
  return {
    type: 'on-call-resolved',
    at,
    request,
    people: known,
    because,
    // A test takes nobody's turn.
    turn: takesTurn(asked.strategy, people) && !test ? turn() : 0,
  };
}

const nameOf = (target: Target): string => Object.entries(target).flat().join(':');
