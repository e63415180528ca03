// The wire between the server and Asterisk: dead without a word, or carrying nonsense.
import { setTimeout as wait } from 'node:timers/promises';
import { account } from './account.ts';
import { Crowd, technicians } from './crowd.ts';
import { type Dice, dice, type Fault, times } from './fault.ts';
import { type Watch, watch } from './hostile.ts';
import { row } from './kills.ts';
import { type Conversations, openRelay } from './relay.ts';
import { memoryOf, openStage, type Stage, within } from './stage.ts';

/** A stage whose server reaches ARI through a relay. */
async function relayed(
  say: (text: string) => void,
  prepare?: NodeJS.ProcessEnv,
): Promise<Stage & { conversations: Conversations }> {
  let conversations: Conversations | undefined;
  const stage = await openStage({
    say,
    env: { ...(prepare as Record<string, string>) },
    between: async (port) => {
      conversations = await openRelay('127.0.0.2', port);
      return conversations.host;
    },
  });
  if (!conversations) throw new Error('the stage has no relay');
  const held = conversations;
  return {
    ...stage,
    conversations: held,
    stop: async () => {
      await stage.stop();
      held.close();
    },
  };
}

export const blackHole: Fault = {
  name: 'ari-black-hole',
  run: async (run) => {
    const stage = await relayed(run.say);
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const tries = times(run, 30);
    const blind: [from: number, until: number][] = [];
    let noticed = 0;
    let back = 0;
    const coming = crowd.comes(1.5);
    try {
      for (let nth = 1; nth <= tries; nth++) {
        await wait(chance.between(2000, 6000));
        const cut = performance.now();
        stage.conversations.cut();
        noticed = Math.max(noticed, (await until(stage, 'lost')) - cut);
        await wait(chance.between(0, 2000));
        const mended = performance.now();
        stage.conversations.mend();
        const led = await until(stage, 'connected');
        blind.push([cut, led]);
        back = Math.max(back, led - mended);
        run.say(`cut ${nth} times, ${crowd.callers.length} callers so far`);
      }
      await crowd.allGone();
      await coming;
      // While the wire is dead nothing can be played to whoever has heard their sentence out: their five seconds begin when it carries again.
      const longest = Math.max(...blind.map(([from, until]) => until - from));
      const told = await account(stage, crowd.callers, { silenceMs: 5000 + longest });
      const found = row(
        'ARI socket black-holed (no FIN)',
        tries,
        told,
        noticed / 1000,
        'noticed <= 3 s',
        noticed <= 3000,
      );
      found.seen.push(
        `led again ${(back / 1000).toFixed(1)} s after the wire was mended, at most; seconds: until it was noticed`,
        `the wire was dead for ${(longest / 1000).toFixed(1)} s at most; silent: for more than 5 s beyond that`,
      );
      return [found];
    } finally {
      crowd.stops();
      await stage.stop();
    }
  },
};

/** When `/readyz` first says this of Asterisk. */
async function until({ house }: Stage, state: 'lost' | 'connected'): Promise<number> {
  const seen = await within(30_000, async () => {
    const { carriers } = await house.api<{ carriers: { asterisk?: string } }>('/readyz');
    return carriers.asterisk === state || (state === 'lost' && carriers.asterisk === undefined) || undefined;
  });
  return seen ? performance.now() : Number.POSITIVE_INFINITY;
}

/** Events that Asterisk would never send, mixed among those it does. The real ones pass, so that every call must end as it should. */
export const mutatedEvents: Fault = {
  name: 'ari-json',
  run: async (run) => {
    const stage = await relayed(run.say, { VIGIE_LOG: 'error' });
    const chance = dice(run.seed);
    stage.answer(technicians(chance));
    const crowd = new Crowd(stage, chance);
    const wanted = times(run, 20_000, 300);
    let told = 0;
    // A nonsense twin goes before or behind each real event: both are text frames of one socket, joined by the reader of neither.
    stage.conversations.change((text) => {
      if (text.includes('"RESTResponse"')) return [text];
      told++;
      if (chance.chance(0.5)) return [text];
      return chance.chance(0.5) ? [mutated(text, chance), text] : [text, mutated(text, chance)];
    });
    const { pid } = stage.house.server;
    let watching: Watch | undefined;
    try {
      const coming = crowd.comes(4);
      await within(60_000, () => told >= wanted / 20 || undefined); // what memory the first calls take is no growth
      const before = memoryOf(pid);
      watching = watch(stage);
      await within(15 * 60_000, () => told >= wanted || undefined);
      crowd.stops();
      stage.conversations.change(undefined);
      await coming;
      await crowd.allGone();
      // What false events left behind is put right by a look at what lives: a new connection takes one.
      stage.conversations.cut();
      stage.conversations.mend();
      await until(stage, 'lost');
      await until(stage, 'connected');
      const slow = await watching.slowest();
      const grown = memoryOf(pid) - before;
      const books = await account(stage, crowd.callers, { silenceMs: Number.POSITIVE_INFINITY, mayBeLost: () => true });
      // A lie that looks like an event is believed, and its caller's record is then wrong: only what is left behind counts here.
      const left = books.faults.filter((fault) => /left/.test(fault));
      const holds = stage.house.server.pid === pid && slow <= 1000 && grown <= 50;
      const half = { ...books, lost: [], silent: [], faults: left };
      const found = row('mutated ARI events', told, half, slow / 1000, 'no crash, <= 1 s, <= 50 MB', holds);
      found.seen.push(
        `memory grew by ${grown.toFixed(1)} MB; ${books.lost.length} callers' records were told by false events; seconds: the slowest answer meanwhile`,
      );
      return [found];
    } finally {
      await watching?.slowest();
      crowd.stops();
      await stage.stop();
    }
  },
};

/** Something else in its place: a value of another type, a key gone, a text cut short, bytes exchanged, depth without end. */
function mutated(text: string, chance: Dice): string {
  const kind = chance.between(0, 6);
  if (kind < 1) return text.slice(0, Math.floor(chance.between(0, text.length)));
  if (kind < 2)
    return chance.one(['null', '[]', '"', '42', '{}', '{"type":null}', '{"type":"__proto__"}', '[['.repeat(2000)]);
  const event = JSON.parse(text) as Record<string, unknown>;
  const key = chance.one(Object.keys(event));
  if (kind < 3) delete event[key];
  else if (kind < 4)
    event.type = chance.one([
      'StasisStart',
      'Dial',
      'PlaybackFinished',
      'ChannelDestroyed',
      'Unheard',
      'ApplicationReplaced\u0000',
    ]);
  else
    event[key] = chance.one<unknown>([
      null,
      0,
      -1,
      1e308,
      '',
      'x'.repeat(5000),
      [],
      {},
      [event[key]],
      { id: event[key] },
      true,
    ]);
  return JSON.stringify(event);
}
