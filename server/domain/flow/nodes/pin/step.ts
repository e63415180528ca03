// What was keyed is asked of the server and forgotten; it never stands on record.

import { pinTable } from '../../own-tables.ts';
import { end, type Lead, note, type Run } from '../../run.ts';
import { speak } from '../../speak.ts';
import type { FlowEvent } from '../../state.ts';
import { type Answer, answered, ask as askServer } from '../common/looking-up.ts';
import { type Asking, close, hush, isOver, isSaid, patience, put } from '../common/question.ts';
import type { Pin } from './schema.ts';

const mostTries = 3;
/** A PIN, and the code that opens a telephone which was shut out. */
const mostDigits = 18;

/** Tries count over the whole call: a flow that leads back here gives no new ones. */
export function enter(run: Run, node: Pin): Lead {
  if (run.state.gone) return end(run, 'normal', 'gone');
  return (run.state.codes ?? 0) >= mostTries ? refused(run, node, 'too many codes') : ask(run, node, 0);
}

function ask(run: Run, node: Pin, wrong: number): Lead {
  const prompts = [...(wrong > 0 && node.wrong ? speak(run, node.wrong) : []), ...speak(run, node.say)];
  return put(run, { prompts, most: mostDigits, terminator: '#', wait: node.wait }, { secret: '', wrong });
}

export function on(run: Run, node: Pin, event: FlowEvent): Lead | undefined {
  const { doing } = run.state;
  if (doing.kind === 'looking-up') {
    const answer = answered(run, event);
    return answer && proved(run, node, answer);
  }
  if (doing.kind !== 'asking') return undefined;
  if (event.type === 'digits') return keyed(run, node, doing, event.digits, event.final === true);
  if (isSaid(event, doing) && !doing.played) {
    run.state.doing = { ...doing, played: true };
    return patience(run, node.wait);
  }
  return isOver(run, event) ? submit(run, node, doing.secret ?? '') : undefined;
}

function keyed(run: Run, node: Pin, doing: Asking, given: string, final: boolean): Lead {
  if (!doing.secret) hush(run, doing);
  const [before = '', after] = given.split('#');
  const secret = ((doing.secret ?? '') + before.replace(/\D/g, '')).slice(0, mostDigits);
  run.state.doing = { ...doing, secret, played: true };
  return final || after !== undefined ? submit(run, node, secret) : patience(run, node.wait);
}

/** Nothing keyed is no try to guess: it goes where a refusal goes. */
function submit(run: Run, node: Pin, digits: string): Lead {
  close(run);
  if (digits === '') return refused(run, node, 'no code');
  run.state.codes = (run.state.codes ?? 0) + 1;
  return askServer(run, {
    flow: '',
    table: pinTable,
    key: `${run.state.caller} ${digits} ${run.state.attested ?? ''}`,
  });
}

function proved(run: Run, node: Pin, { found }: Answer): Lead {
  if (!found) return again(run, node);
  const { person, name, last } = found;
  run.state.codes = 0;
  run.state.technician = { person: String(person), last: String(last ?? '') };
  Object.assign(run.state.values, { technicien: String(name), rappel: String(last ?? '') });
  note(run, { note: `code accepted: ${person}` });
  return { go: node.then };
}

function again(run: Run, node: Pin): Lead {
  const tries = run.state.codes ?? mostTries;
  note(run, { note: 'code refused' });
  return tries >= mostTries ? refused(run, node, 'too many codes') : ask(run, node, tries);
}

function refused(run: Run, node: Pin, why: string): Lead {
  note(run, { note: why });
  return { go: node.refused };
}
