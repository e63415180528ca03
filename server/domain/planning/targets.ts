// Who is rung for a target: the planning room's answer, a person by name, or a number from a reviewed file. The one resolver of the house.
import type { Instant } from '../../base/clock.ts';
import type { Target } from '../telephony/effect.ts';
import type { OnCall } from '../telephony/event.ts';
import type { Overlay } from './changes.ts';
import { onCall } from './resolve.ts';
import type { PlanningSet } from './schema.ts';

/** People in order, and one line that says why. An unknown name is nobody, with the reason: a call never fails for it. */
export function peopleFor(
  set: PlanningSet,
  target: Target,
  at: Instant,
  overlay?: Overlay,
): { people: OnCall[]; because: string } {
  if ('planning' in target) {
    const { people, because } = onCall(set, target.planning, at, overlay);
    return { people, because };
  }
  if ('number' in target) return { people: [numberAsPerson(target.number)], because: `numéro ${target.number}` };
  const person = set.people.get(target.person);
  if (!person) return { people: [], because: `personne : « ${target.person} » n'est pas dans people.yaml` };
  const { id, name, phones, language, maxCalls, ringSeconds } = person;
  const because = `désigné par le scénario : ${name}`;
  return {
    people: [
      {
        person: id,
        name,
        phones,
        language,
        maxCalls,
        priority: 1,
        because,
        ...(ringSeconds === undefined ? {} : { ringSeconds }),
      },
    ],
    because,
  };
}

/** A reception or a partner's line takes as many calls as it takes. */
const numberAsPerson = (number: string): OnCall => ({
  person: number,
  name: number,
  phones: [number],
  language: 'fr',
  maxCalls: 1000,
  priority: 1,
  because: 'numéro écrit dans le scénario',
});
