// Every document that can be asked for, against the rules read from the SDK's types; the tables of causes; and the loopback Twilio's own eyes.
import t from 'tap';
import type { Call } from '../../../server/domain/call/call.ts';
import type { CallerView, LegView } from '../../../server/domain/call/view.ts';
import { callerView, legView } from '../../../server/domain/call/view.ts';
import { hangupFromTwilio, hangupFromTwilioError } from '../../../server/domain/telephony/hangup.ts';
import type { Prompt } from '../../../server/domain/telephony/prompt.ts';
import { callerDocument, endDocument, legDocument, waitDocument } from '../../../server/networks/twilio/document.ts';
import { fallbackFiles } from '../../../server/networks/twilio/fallback.ts';
import { linksFor } from '../../../server/networks/twilio/links.ts';
import { Media } from '../../../server/networks/twilio/media.ts';
import { namesFor } from '../../../server/networks/twilio/names.ts';
import { Pace } from '../../../server/networks/twilio/pace.ts';
import { numberOf } from '../../../server/networks/twilio/webhook.ts';
import { HandClock } from '../../base/hand-clock.ts';
import { RestContract, TwimlRules } from './contract.ts';
import { parseXml } from './xml.ts';

const rules = new TwimlRules();
const names = namesFor(['secret']);
const media = new Media(
  {
    ready: ([prompt]) => prompt?.kind === 'text' && prompt.text.startsWith('Prêt'),
    filesOf: () => [`/p/${'a'.repeat(32)}.wav`],
  },
  '/p',
  new Uint8Array(),
  names,
);
const config = { links: linksFor('https://vigie.example.fr/'), media };
const prompts: Prompt[] = [
  { kind: 'text', text: 'Prêt & <dit>', language: 'fr' },
  { kind: 'text', text: 'Pas prêt & <dit> "ainsi"', language: 'fr', live: true },
  { kind: 'spell', characters: '75A', language: 'fr-CA' },
  { kind: 'pause', ms: 1500 },
  { kind: 'pause', ms: 100 },
];
const limits = { most: 5, terminator: '#', timeoutMs: 4500 };

const callerViews: Record<string, CallerView> = {
  play: { hears: 'sound', turn: 3, sound: { id: 'c1.e1', type: 'play', prompts } },
  gather: { hears: 'sound', turn: 3, sound: { id: 'c1.e1', type: 'gather', prompts, ...limits } },
  'gather after the prompt': {
    hears: 'sound',
    turn: 3,
    sound: { id: 'c1.e1', type: 'gather', prompts, ...limits, bargeIn: false },
  },
  speech: {
    hears: 'sound',
    turn: 3,
    sound: {
      id: 'c1.e1',
      type: 'gather',
      prompts,
      ...limits,
      terminator: '',
      speech: { language: 'fr', hints: ['presse', 'groupe froid'] },
    },
  },
  record: {
    hears: 'sound',
    turn: 3,
    sound: { id: 'c1.e1', type: 'record', maxMs: 180_000, silenceMs: 5000, beep: true, terminator: '#' },
  },
  'nothing yet': { hears: 'nothing-yet', turn: 3 },
  waiting: { hears: 'company', turn: 4, talking: false },
  talking: { hears: 'company', turn: 4, talking: true },
  end: { hears: 'end', reason: 'normal' },
  busy: { hears: 'end', reason: 'busy' },
  rejected: { hears: 'end', reason: 'rejected' },
};
const legViews: Record<string, LegView> = {
  question: { hears: 'question', prompts, question: 'c1.e9', waitMs: 8000 },
  company: { hears: 'company' },
  farewell: { hears: 'farewell', prompts },
  'nothing yet': { hears: 'nothing-yet' },
  end: { hears: 'end' },
};

void t.test('every document is TwiML, by the rules of the SDK', async (t) => {
  const documents = [
    ...Object.entries(callerViews).map(([name, view]) => [`caller: ${name}`, callerDocument(config, 'c1', view)]),
    ...Object.entries(legViews).map(([name, view]) => [`leg: ${name}`, legDocument(config, 'c1', 'c1.l2', view)]),
    ['music', waitDocument(config, 'c1', 2, { sound: 'music', words: prompts, everyMs: 15_000 })],
    ['ringing', waitDocument(config, 'c1', 0, { sound: 'ringing', words: [], everyMs: 15_000 })],
    ['end', endDocument()],
    ...Object.entries(
      fallbackFiles([{ number: '+33199001000', phones: ['+33639980001', '+33639980002'] }], 'https://x/y/', names),
    ),
  ];
  for (const [name = '', document = ''] of documents) {
    t.same(rules.problems(parseXml(document)), [], `${name}: ${document}`);
    t.ok(document.length < 64_000);
  }
});

void t.test('the rules see what is wrong', async (t) => {
  const wrong: [string, RegExp][] = [
    ['<Answer/>', /<Answer>/],
    ['<Response><Gather><Dial/></Gather></Response>', /<Dial> may not stand in <Gather>/],
    ['<Response><Gather timeOut="3"/></Response>', /no such attribute/],
    ['<Response><Gather timeout="soon"/></Response>', /not allowed/],
    ['<Response><Gather input="keys"/></Response>', /not allowed/],
    ['<Response><Say language="fr-XX">x</Say></Response>', /not allowed/],
    ['<Response><Dial><Conference beep="maybe">x</Conference></Dial></Response>', /not allowed/],
    ['<Response><Conference>x</Conference></Response>', /may not stand/],
    ['<Response><Reject reason="asleep"/></Response>', /not allowed/],
  ];
  for (const [document, why] of wrong) t.match(rules.problems(parseXml(document)).join(), why, document);
  t.throws(() => parseXml('<Response><Say>no end</Response>'));
});

void t.test('the contract of the REST API sees what is wrong', async (t) => {
  const contract = new RestContract();
  const path = `/2010-04-01/Accounts/AC${'0'.repeat(32)}/Calls.json`;
  const good = {
    To: '+33639980001',
    From: '+33199001000',
    Url: 'https://x/y',
    Timeout: '20',
    StatusCallbackEvent: ['ringing', 'completed'],
  };
  t.same(contract.problems('POST', path, good), []);
  t.match(contract.problems('POST', path, { ...good, Timout: '20' }).join(), /Timout: no such parameter/);
  t.match(contract.problems('POST', path, { From: '+33199001000' }).join(), /To/);
  t.match(contract.problems('POST', path, { ...good, Timeout: 'long' }).join(), /Timeout/);
  t.match(contract.problems('POST', path.replace('Calls', 'Colls'), good).join(), /no such operation/);
  const asks = (query: Record<string, string>) => contract.problems('GET', path, {}, query).join();
  t.equal(asks({ To: '+33639980001', From: '+33199001000', 'StartTime>': '2026-01-05T08:00:00Z', PageSize: '20' }), '');
  t.match(asks({ Too: '+33639980001' }), /Too: no such parameter/);
  t.match(asks({ PageSize: '20000' }), /PageSize/);
});

void t.test('a waiting caller is never in silence, and what is asked says where the answer goes', async (t) => {
  const wait = waitDocument(config, 'c1', 2, { sound: 'music', words: [], everyMs: 15_000 });
  t.match(wait, `https://vigie.example.fr/twilio/audio/${media.waiting('music', 30_000, 15_000)}`, 'from where it was');
  t.match(wait, 'https://vigie.example.fr/twilio/wait/c1/3');
  t.match(callerDocument(config, 'c1', callerViews.gather as CallerView), 'voice/c1/3/keyed');
  t.match(legDocument(config, 'c1', 'c1.l2', legViews.question as LegView), 'leg/c1.l2/e9');
  const late = callerDocument(config, 'c1', callerViews['gather after the prompt'] as CallerView);
  t.match(late, /<Play>.*<Gather[^>]*\/>/s, 'keys count only after the prompt');
});

void t.test('speech: the words of the flow as hints, in a language that Twilio knows', async (t) => {
  const hints = [...Array.from({ length: 600 }, (_, n) => `mot ${n}, virgule`), 'x'.repeat(200)];
  for (const language of ['fr', 'en', 'fr-CA']) {
    const heard = {
      id: 'c1.e1',
      type: 'gather' as const,
      prompts,
      ...limits,
      terminator: 'none',
      speech: { language, hints },
    };
    const document = parseXml(callerDocument(config, 'c1', { hears: 'sound', turn: 3, sound: heard }));
    t.same(rules.problems(document), [], language);
    const { finishOnKey, hints: given = '', input } = document.children[0]?.attributes ?? {};
    t.equal(finishOnKey, '');
    t.equal(input, 'dtmf speech');
    t.equal(given.split(',').length, 500);
  }
});

void t.test('a view for what is over, or unknown', async (t) => {
  const flow = { turn: 2, gone: false, doing: { kind: 'playing', effect: 'c1.e9' } };
  const call = {
    id: 'c1',
    phase: 'flow',
    flow,
    hears: { id: 'c1.e3', type: 'play', prompts: [] },
    pastLegs: [],
  } as unknown as Call;
  t.same(callerView(call), { hears: 'nothing-yet', turn: 2 }, 'a sound of an earlier turn is not played again');
  t.same(callerView({ ...call, phase: 'over' }), { hears: 'end', reason: 'normal' });
  t.same(legView(call, 'c1.l1'), { hears: 'end' });
});

void t.test('why a leg ended, and whose fault it was', async (t) => {
  const ends: [string, number | undefined, string, string][] = [
    ['completed', 200, 'normal', 'callee'],
    ['busy', undefined, 'busy', 'callee'],
    ['busy', 603, 'declined', 'callee'],
    ['no-answer', undefined, 'no-answer', 'callee'],
    ['failed', 404, 'unallocated', 'callee'],
    ['failed', 503, 'congestion', 'carrier'],
    ['failed', undefined, 'unknown', 'unknown'],
    ['canceled', 487, 'no-answer', 'callee'],
    ['canceled', undefined, 'answered-elsewhere', 'ours'],
  ];
  for (const [status, sip, cause, whose] of ends)
    t.match(hangupFromTwilio(status, sip), { cause, whose }, `${status} ${sip}`);
  const refusals: [number | undefined, number, string, string][] = [
    [21211, 400, 'bad-number', 'callee'],
    [21215, 400, 'forbidden', 'carrier'],
    [21210, 400, 'forbidden', 'carrier'],
    [20429, 429, 'congestion', 'carrier'],
    [undefined, 503, 'congestion', 'carrier'],
    [undefined, 0, 'unreachable', 'carrier'],
    [undefined, 401, 'forbidden', 'carrier'],
    [99999, 400, 'unknown', 'unknown'],
  ];
  for (const [code, http, cause, whose] of refusals)
    t.match(hangupFromTwilioError(code, http), { cause, whose }, `${code} ${http}`);
});

void t.test('what leaves keeps the pace', async (t) => {
  const clock = new HandClock(0);
  const pace = new Pace(clock, 2);
  const left: number[] = [];
  const leave = async () => {
    await pace.turn();
    left.push(clock.now());
  };
  const all = [leave(), leave(), leave()];
  pace.holdBack(3000);
  all.push(leave());
  await Promise.resolve();
  for (let ms = 0; ms < 4000; ms += 100) {
    clock.advance(100);
    await Promise.resolve();
    await Promise.resolve();
  }
  await Promise.all(all);
  t.same(left, [0, 500, 1000, 3000]);
});

void t.test('numbers', async (t) => {
  t.equal(numberOf('+33612345678'), '+33612345678');
  for (const none of ['+266696687', 'anonymous', '', undefined, '0612345678', '+33 6 12', '+0612345678'])
    t.equal(numberOf(none), '');
});
