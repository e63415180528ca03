// A caller in a flow, told as a conversation: what is heard, what is pressed, what is wanted. Uses the real stepping.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Known, readFlows, type SourceFile } from '../../../server/domain/flow/load.ts';
import type { FlowSet } from '../../../server/domain/flow/set.ts';
import { enterFlow, type FlowEvent, type FlowStep, resumeFlow, stepFlow } from '../../../server/domain/flow/step.ts';
import type { DialExit, DialSpec } from '../../../server/domain/telephony/dial.ts';
import type { Effect, EffectBody, EffectType } from '../../../server/domain/telephony/effect.ts';
import type { Prompt } from '../../../server/domain/telephony/prompt.ts';
import type { HandClock } from '../../base/hand-clock.ts';

export const root = process.cwd();

export const exampleFiles = (): SourceFile[] =>
  readdirSync(join(root, 'ivr-flows'))
    .filter((file) => /\.(yaml|csv)$/.test(file))
    .map((file) => ({ file: `ivr-flows/${file}`, text: readFileSync(join(root, 'ivr-flows', file), 'utf8') }));

export const known: Known = {
  plannings: new Set(['presses', 'froid', 'ascenseurs-idf', 'ascenseurs-province', 'vip', 'direction']),
  people: new Set(['karim', 'lea']),
};

/** A set made of one flow named `essai` on the line +33199001000. */
export function oneFlow(text: string, extra: SourceFile[] = [], more: Partial<Known> = {}): FlowSet {
  const lines =
    'lines:\n  - { number: "+33 1 99 00 10 00", name: Essai, flow: essai }\nlists: { vip: ["+33 6 39*"] }\n';
  const read = readFlows([{ file: 'lines.yaml', text: lines }, { file: 'essai.yaml', text }, ...extra], {
    ...known,
    ...more,
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems, null, 2));
  return read.value;
}

export const heard = (prompts: readonly Prompt[]): string =>
  prompts
    .map((prompt) => {
      if (prompt.kind === 'text') return prompt.text;
      if (prompt.kind === 'spell') return [...prompt.characters].join(' ');
      return prompt.kind === 'file' ? `[${prompt.path}]` : '…';
    })
    .join(' ');

export class Caller {
  step: FlowStep;
  #effects = 0;
  readonly set: FlowSet;
  readonly all: Effect[] = [];
  #now: number;

  constructor(set: FlowSet, called: string, caller: string, clock: HandClock | number) {
    this.set = set;
    this.#now = typeof clock === 'number' ? clock : clock.now();
    this.step = enterFlow(set, { called, caller, at: this.#now }, this.mint);
    this.all.push(...this.step.effects);
  }

  mint = () => `c1.e${++this.#effects}`;

  event(event: FlowEvent | Record<string, unknown>): this {
    // A saved state is all that the next step gets: what does not survive JSON would show here.
    const saved = JSON.parse(JSON.stringify(this.step.state));
    this.step = stepFlow(this.set, saved, { at: this.#now, ...event } as FlowEvent, this.mint);
    this.all.push(...this.step.effects);
    return this;
  }

  resume(): this {
    this.step = resumeFlow(this.set, this.step.state, this.#now, this.mint);
    this.all.push(...this.step.effects);
    return this;
  }

  /** The last effect of this type. */
  last<T extends EffectType>(type: T): Effect & Extract<EffectBody, { type: T }> {
    const found = this.all.filter((effect) => effect.type === type).at(-1);
    if (!found) throw new Error(`no ${type} among ${this.all.map((effect) => effect.type).join(', ')}`);
    return found as Effect & Extract<EffectBody, { type: T }>;
  }

  /** What the caller was told last, by a play or a question. */
  get hears(): string {
    const found = this.all.filter((effect) => effect.type === 'play' || effect.type === 'gather').at(-1);
    return found && 'prompts' in found ? heard(found.prompts) : '';
  }

  /** The prompt that is playing came to its end. */
  listens(): this {
    const playing = this.all.filter((effect) => effect.type === 'play' || effect.type === 'gather').at(-1);
    return this.event({ type: 'playback-finished', playback: playing?.id ?? '' });
  }

  presses(keys: string): this {
    for (const digits of keys) this.event({ type: 'digits', digits });
    return this;
  }

  gathered(digits: string): this {
    return this.event({ type: 'digits', digits, final: true });
  }

  /** The timer that was started last fires. */
  waits(): this {
    return this.event({ type: 'timer', name: this.last('start-timer').name });
  }

  records(seconds: number): this {
    return this.event({ type: 'recording-finished', recording: this.last('record').id, seconds, file: 'm.wav' });
  }

  dialEnds(exit: DialExit): this {
    return this.event({ type: 'dial-ended', exit });
  }

  get dial(): DialSpec {
    if (this.step.then.want !== 'dial') throw new Error(`wants ${JSON.stringify(this.step.then)}, at ${this.where}`);
    return this.step.then.spec;
  }

  get where(): string {
    return `${this.step.state.flow}/${this.step.state.node}`;
  }
  get types(): string[] {
    return this.step.effects.map((effect) => effect.type);
  }
}
