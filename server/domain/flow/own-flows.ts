// Flows that stand in no file: where calls are led that no file can lead, and where a technician is led whom the line rang.
import type { Flow, FlowNode, Line } from './set.ts';
import { tongueOf } from './tongue.ts';
import { wordsIn } from './words.ts';

const flow = (id: string, language: string, nodes: Record<string, FlowNode>): Flow => ({
  id,
  name: '',
  language,
  start: '',
  tables: {},
  nodes,
});
const goodbye = (text: string): FlowNode => ({ kind: 'hangup', say: [{ text }], reason: 'normal' });

const callBackFlow = (id: string, language: string): Flow =>
  flow(id, language, {
    '': {
      kind: 'call-back',
      ring: 40,
      wait: 'ringing',
      nobody: 'absent',
      exits: { 'no-answer': 'absent', 'carrier-failure': 'absent' },
    },
    absent: goodbye(wordsIn(language).customerAbsent),
  });

/** The technician said yes: the customer is called. No file can name these flows. */
export const callBackFlows: Readonly<Record<string, Flow>> = {
  '@call-back': callBackFlow('@call-back', 'fr'),
  '@call-back-en': callBackFlow('@call-back-en', 'en'),
};
export const callBackIn = tongueOf({ fr: '@call-back', en: '@call-back-en' });
export const isCallBack = (flow: string): boolean => Object.hasOwn(callBackFlows, flow);

const { stranger, trouble } = wordsIn('fr');

/** A number that is none of ours, and a flow that cannot go on. Both are stated ends. */
export const strangerFlow: Flow = flow('', 'fr', { '': goodbye(stranger), trouble: goodbye(trouble) });
export const strangerLine: Line = {
  number: '',
  name: '',
  flow: '',
  language: 'fr',
  timezone: 'Europe/Paris',
  holidays: 'FR',
  show: 'line',
  wait: { sound: 'music', words: [], every: 15 },
};
