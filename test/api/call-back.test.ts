// POST /api/call-back over real HTTP, a real switchboard and a real database: who may be called, what is refused, what became of it.
import t, { type Test } from 'tap';
import { callBackRoutes } from '../../server/api/call-back.ts';
import { silentLog } from '../../server/base/log.ts';
import { story } from '../../server/cli/story.ts';
import type { LiveConfiguration } from '../../server/config/configuration.ts';
import type { FinishedCall } from '../../server/domain/call/record.ts';
import { readPlannings } from '../../server/domain/planning/load.ts';
import { callBackOrder, openCallBacks } from '../../server/engine/technician/call-backs.ts';
import { line, trunkPlan } from '../domain/call/house.ts';
import { rig } from '../engine/calls/rig.ts';
import { serve } from './serve.ts';

const token = 'un-jeton-bien-assez-long';
const customer = '+33612345678';
const karim = '+33639980001';

async function served(t: Test, given: string | undefined = token) {
  const self = await rig();
  const plannings = readPlannings([
    {
      file: 'people.yaml',
      text: `karim: { name: Karim, phones: ["${karim}"] }\nlea: { name: Léa, phones: ["06 39 98 00 02"], language: en }\n`,
    },
  ]);
  if (!plannings.ok) throw new Error('no people');
  const people = plannings.value.people;
  self.config.onCall = (target) => {
    const known = 'person' in target ? people.get(target.person) : undefined;
    const number = 'number' in target ? target.number : '';
    const one = {
      person: known?.id ?? number,
      name: known?.name ?? number,
      phones: known?.phones ?? [number],
      language: 'fr',
    };
    return { people: [{ ...one, maxCalls: 1, priority: 1, because: '' }], because: '' };
  };
  const config = {
    reading: () => ({ plannings: plannings.value }),
    flows: () => self.config.flows,
    trunks: () => trunkPlan(self.config.trunks),
  } as unknown as LiveConfiguration;
  const backs = openCallBacks({ store: self.store, config, switchboard: self.board, log: silentLog });
  t.teardown(() => self.end());
  const routes = callBackRoutes({ order: callBackOrder, ...backs });
  const url = await serve(t, routes, given ? { token: given } : {});
  const record = (id: string, caller: string, startedAt: number, called = line): FinishedCall => ({
    id,
    carrier: 'asterisk',
    called,
    caller,
    startedAt,
    endedAt: startedAt + 1,
    outcome: 'told',
    flowVersion: 'v',
    path: [],
    legs: [],
    values: {},
    notes: [],
  });
  const calls = [
    record('c-1', customer, 1),
    record('c-hidden', '', 2),
    record('c-premium', '+33899123456', 3),
    record('c-own', line, 4),
    { ...record('c-moved', customer, 0), carrier: 'twilio' },
  ];
  await self.store.ledger.take(calls.map((body) => ({ kind: 'call' as const, body })));
  const request = async (path: string, body?: unknown, bearer: string | undefined = token) => {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text.startsWith('{') ? JSON.parse(text) : { error: text }) as Record<string, string>,
    };
  };
  return { ...self, self, request, post: (body: unknown, bearer?: string) => request('/api/call-back', body, bearer) };
}

t.test('what is refused rings nobody, and says why in one sentence', async (t) => {
  const { post, request, self } = await served(t);
  const refused: [unknown, number, RegExp][] = [
    [{}, 400, /person/],
    [{ person: 'karim' }, 400, /say whom to call/],
    [{ person: 'karim', call: 'c-1', number: customer }, 400, /say whom to call/],
    [{ person: 'karim', call: "c'; --" }, 400, /not the id of a call/],
    [{ person: 'karim', number: customer, more: 1 }, 400, /more/],
    [{ person: 'zoe', number: customer }, 400, /no person "zoe"/],
    [{ person: 'karim', call: 'c-nope' }, 404, /no call "c-nope" is on record/],
    [{ person: 'karim', call: '-' }, 404, /./],
    [{ person: 'karim', number: '+33611111111' }, 404, /no call of \+33611111111 is on record/],
    [{ person: 'karim', call: 'c-hidden' }, 422, /hid their number/],
    [{ person: 'karim', call: 'c-premium' }, 422, /no allowed prefix/],
    [{ person: 'karim', number: '08 99 12 34 56' }, 422, /no allowed prefix/],
    [{ person: 'karim', call: 'c-own' }, 422, /our own numbers/],
    [{ person: 'karim', number: line }, 422, /our own numbers/],
    [{ person: 'karim', number: '112' }, 422, /emergency/],
    [{ person: 'karim', number: '+33112' }, 422, /emergency/],
    [{ person: 'karim', number: 'abc' }, 422, /not a telephone number/],
  ];
  for (const [body, status, why] of refused) {
    const answer = await post(body);
    t.equal(answer.status, status, JSON.stringify(body));
    t.match(answer.body.error, why);
  }
  t.equal((await post('{"person":')).status, 400, 'no JSON');
  t.equal((await post({ person: 'karim', call: 'c-1' }, 'faux')).status, 401);
  t.equal((await post({ person: 'karim', call: 'c-1' }, '')).status, 401);
  t.equal((await request('/api/call-back/c-1')).status, 404, 'an ordinary call is none');
  t.equal((await request('/api/call-back/nope')).status, 404);
  t.equal(self.board.calls().length, 0);
  t.equal(self.store.audit.count('api', 'call back refused', 0), 12, 'well formed requests are audited');
});

t.test('without a token in the settings the door is shut', async (t) => {
  const { post } = await served(t, '');
  t.equal((await post({ person: 'karim', call: 'c-1' })).status, 403);
});

t.test('from the request to the record', async (t) => {
  const { post, request, self } = await served(t);
  const made = await post({ person: 'karim', number: '06 12 34 56 78', by: 'helpdesk' });
  t.match(made, { status: 202, body: { id: /^c/, state: 'ringing-technician' } });
  const { id = '' } = made.body;
  const leg = (n: number) => `${id}.l${n}`;
  t.match(self.network.rung, [{ number: karim, callerId: line }]);
  const busy = await post({ person: 'karim', call: 'c-1' });
  t.match(busy, { status: 409, body: { error: /karim is on a call already/ } });
  const both = await Promise.all([post({ person: 'lea', call: 'c-1' }), post({ person: 'lea', call: 'c-1' })]);
  t.strictSame(both.map(({ status }) => status).sort(), [202, 409], 'two requests at once make one call');
  const tell = (event: object) =>
    self.network.emit({ type: 'call', call: id, event: { ...event, at: self.clock.now() } as never });
  tell({ type: 'leg-ringing', leg: leg(1) });
  tell({ type: 'leg-answered', leg: leg(1) });
  const question = self.network.legs.get(leg(1))?.asked ?? '';
  const asked = self.network.performed.find((one) => one.id === question);
  t.match(JSON.stringify(asked), /Vous allez appeler le.*0612345678.*Dépannage.*Pour lancer cet appel, tapez 1/);
  tell({ type: 'leg-prompt-started', leg: leg(1), playback: question });
  t.equal(self.network.rung.filter(({ number }) => number === customer).length, 0);
  tell({ type: 'leg-pressed', leg: leg(1), digit: '1' });
  t.match(await request(`/api/call-back/${id}`), { status: 200, body: { id, state: 'ringing-customer' } });
  t.match(self.network.rung.at(-1), { number: customer, callerId: line }, 'the customer sees the line');
  tell({ type: 'leg-answered', leg: leg(2) });
  t.match(await request(`/api/call-back/${id}`), { body: { state: 'talking' } });
  tell({ type: 'leg-ended', leg: leg(2), hangup: { cause: 'normal', whose: 'callee' } });
  t.match(await request(`/api/call-back/${id}`), {
    status: 200,
    body: { state: 'over', end: 'talked', talkSeconds: 0 },
  });
  t.equal(self.store.audit.count('helpdesk', 'call back asked', 0), 1);
  const found = await self.store.ledger.get(id);
  const told =
    found.found === 'one'
      ? story(found.call)
          .map(({ text }) => text)
          .join('\n')
      : '';
  t.match(told, /^rappel demandé par helpdesk : karim appelle le 06 12 34 56 78 au nom du 01 99 00 10 00\./);
  t.match(told, /on sonne Karim \(06 39 98 00 01\)/);
  t.match(told, /Karim accepte de rappeler \(touche 1\)\./);
  t.match(told, /on appelle le 06 12 34 56 78\./);
  t.match(told, /le technicien et son correspondant se sont parlé\.$/);
});

t.test('a network that cannot be led refuses, and one that the line has left is not asked for', async (t) => {
  const { post, self } = await served(t);
  self.network.emit({ type: 'lost', at: self.clock.now() });
  t.match(await post({ person: 'karim', call: 'c-1' }), { status: 503, body: { error: /cannot be led now/ } });
  self.network.emit({ type: 'back', at: self.clock.now(), living: { channels: [], bridges: [] } });
  t.match(await post({ person: 'karim', call: 'c-moved' }), { status: 202 });
});

t.test('the ends that are no talk', async (t) => {
  const { post, request, self } = await served(t);
  const start = async () => {
    const { id = '' } = (await post({ person: 'karim', call: 'c-1' })).body;
    const tell = (event: object) =>
      self.network.emit({ type: 'call', call: id, event: { ...event, at: self.clock.now() } as never });
    const takes = (digit: string) => {
      tell({ type: 'leg-answered', leg: `${id}.l1` });
      tell({ type: 'leg-prompt-started', leg: `${id}.l1`, playback: self.network.legs.get(`${id}.l1`)?.asked });
      tell({ type: 'leg-pressed', leg: `${id}.l1`, digit });
    };
    return { id, tell, takes, end: async () => (await request(`/api/call-back/${id}`)).body.end };
  };
  const declined = await start();
  declined.takes('2');
  t.equal(await declined.end(), 'technician-declined');
  const absent = await start();
  absent.tell({ type: 'leg-ended', leg: `${absent.id}.l1`, hangup: { cause: 'no-answer', whose: 'callee' } });
  t.equal(await absent.end(), 'technician-not-reached');
  const alone = await start();
  alone.takes('1');
  alone.tell({ type: 'leg-ended', leg: `${alone.id}.l1`, hangup: { cause: 'normal', whose: 'callee' } });
  t.equal(await alone.end(), 'technician-hung-up');
  t.notOk(self.network.legs.has(`${alone.id}.l2`), 'the customer is not rung on');
  const silent = await start();
  silent.takes('1');
  silent.tell({ type: 'leg-ended', leg: `${silent.id}.l2`, hangup: { cause: 'busy', whose: 'callee' } });
  const said = self.network.performed.findLast(({ type }) => type === 'play');
  t.match(JSON.stringify(said), /Votre correspondant ne répond pas/, 'the technician is told');
  silent.tell({ type: 'leg-prompt-finished', leg: `${silent.id}.l1`, playback: said?.id });
  t.equal(await silent.end(), 'customer-not-reached');
  const lives = [`${alone.id}.l2`, `${silent.id}.l1`].filter((leg) => self.network.legs.has(leg));
  t.strictSame(lives, [], 'nobody hangs in the air');
  t.strictSame(await self.store.ledger.alerts(), [], 'and no alert is raised');
});
