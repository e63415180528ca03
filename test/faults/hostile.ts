// Hostile input by every door that is open to strangers or to a tired editor: SIP, keys, callers' numbers, YAML.
import { createSocket, type Socket } from 'node:dgram';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { header, readSip } from '../network/sip.ts';
import { type Account, readBooks } from './account.ts';
import { Crowd } from './crowd.ts';
import { type Dice, dice, type Fault, type Row, type Run, times } from './fault.ts';
import { row } from './kills.ts';
import { guardLine, memoryOf, openStage, type Stage, within } from './stage.ts';
import { type Place, spoiled, torture } from './torture.ts';

export const hostileSip: Fault = {
  name: 'sip',
  run: (run) => survives(run, 'mutated SIP', times(run, 100_000, 2000), sendSip),
};
export const keyStorm: Fault = {
  name: 'keys',
  run: (run) => survives(run, 'DTMF storms', times(run, 100, 4), pressKeys),
};
export const hostileCallers: Fault = {
  name: 'caller-ids',
  run: (run) => survives(run, 'hostile caller-IDs', times(run, 500, 20), callAs),
};
export const mutatedYaml: Fault = {
  name: 'yaml',
  run: (run) => survives(run, 'mutated YAML', times(run, 1000, 20), editFiles),
};

type Attack = (stage: Stage, count: number, dice: Dice, run: Run) => Promise<string[]>;

/** The attack, while somebody asks all the time whether the line still answers; afterwards a caller is served as ever. */
async function survives(run: Run, fault: string, count: number, attack: Attack): Promise<Row[]> {
  const stage = await openStage({ say: run.say, env: { VIGIE_LOG: 'error' } });
  const chance = dice(run.seed);
  const pids = [stage.house.server.pid, stage.house.asterisk().pid] as const;
  let watching: Watch | undefined;
  try {
    await attack(stage, Math.ceil(count / 20), chance, run); // what memory a first load takes is no growth
    await quiet(stage);
    const before = pids.map(memoryOf);
    watching = watch(stage);
    const notes = await attack(stage, count, chance, run);
    const slowest = await watching.slowest();
    const left = await quiet(stage);
    const grown = pids.map((pid, which) => memoryOf(pid) - (before[which] ?? 0));
    const crowd = new Crowd(stage, chance);
    const caller = crowd.rings('patient');
    await caller.done;
    const served = caller.call.heard.markedAt !== undefined;
    const alive = stage.house.server.pid === pids[0] && grown.every((megabytes) => megabytes <= 50);
    const told: Account = { callers: 0, lost: [], silent: [], faults: left, outcomes: {} };
    const found = row(
      fault,
      count,
      told,
      slowest / 1000,
      'no crash, <= 1 s, <= 50 MB',
      alive && served && slowest <= 1000,
    );
    found.survived = alive && served;
    found.seen.push(
      `memory of server and Asterisk grew by ${grown.map((megabytes) => megabytes.toFixed(1)).join(' and ')} MB; seconds: the slowest answer meanwhile`,
      `afterwards a caller ${served ? 'talked to a technician' : 'WAS NOT SERVED'}`,
      ...notes,
    );
    return [found];
  } finally {
    await watching?.slowest();
    await stage.stop();
  }
}

export type Watch = {
  /** Ends the watch. @returns the slowest answer so far, ms */
  slowest(): Promise<number>;
};

/** Asks server and Asterisk all the time whether they still answer. */
export function watch(stage: Stage): Watch {
  let slowest = 0;
  let watching = true;
  const done = (async () => {
    for (; watching; await wait(100)) slowest = Math.max(slowest, await answersAfter(stage));
  })();
  return {
    slowest: async () => {
      watching = false;
      await done;
      return slowest;
    },
  };
}

/** The slower of server and Asterisk, ms. */
async function answersAfter({ house, ari }: Stage): Promise<number> {
  const start = performance.now();
  await Promise.all([house.api('/healthz'), ari('asterisk/ping')]).catch(() => wait(5000));
  return performance.now() - start;
}

/** Calls that half-opened end by themselves within Asterisk's 32 s. @returns what is left after a minute */
async function quiet(stage: Stage): Promise<string[]> {
  const none = await within(
    90_000,
    async () => {
      const live = await stage.house.api<unknown[]>('/api/live');
      return live.length + (await stage.ari<unknown[]>('channels')).length === 0 || undefined;
    },
    250,
  );
  return none ? [] : ['calls or channels are left'];
}

/** RFC 4475 first, then spoiled messages, a thousand a second; calls that come about all the same are ended at once. */
const sendSip: Attack = async (stage, count, chance, run) => {
  const target = { host: '127.0.0.1', port: Number(stage.house.env.VIGIE_SIP_PORT) };
  const host = stage.callers.host;
  const socket = await bound(host);
  const place: Place = { host, port: socket.address().port, target, to: guardLine };
  let answers = 0;
  socket.on('message', (packet) => {
    answers++;
    for (const text of hangUp(packet.toString('latin1'), place)) socket.send(text, target.port, target.host);
  });
  const cases = Object.values(torture(place)).map((text) => Buffer.from(text, 'latin1'));
  const start = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = Math.min(count, performance.now() - start);
    for (; sent < due; sent++) socket.send(cases[sent] ?? spoiled(place, chance), target.port, target.host);
    if (sent % 20_000 < 10) run.say(`${sent} messages`);
    await wait(5);
  }
  await wait(1000);
  socket.close();
  return [`${answers} answers came back`];
};

const bound = (host: string): Promise<Socket> =>
  new Promise((done, fail) => {
    const socket = createSocket('udp4');
    socket.once('error', fail).bind(0, host, () => done(socket));
  });

/** ACK and BYE for a 2xx to an INVITE. */
function hangUp(text: string, { host, port }: Place): string[] {
  const sip = readSip(text);
  if (sip?.method !== 'INVITE' || !sip.status || sip.status < 200 || sip.status > 299) return [];
  const contact = /<([^>]+)>/.exec(header(sip, 'contact') ?? '')?.[1];
  if (!contact) return [];
  const cseq = Number.parseInt(header(sip, 'cseq') ?? '1', 10);
  const say = (method: string, number: number) =>
    [
      `${method} ${contact} SIP/2.0`,
      `Via: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK${method}${sip.callId.replace(/\W/g, '')};rport`,
      'Max-Forwards: 70',
      `From: ${header(sip, 'from')}`,
      `To: ${header(sip, 'to')}`,
      `Call-ID: ${sip.callId}`,
      `CSeq: ${number} ${method}`,
      'Content-Length: 0\r\n\r\n',
    ].join('\r\n');
  return [say('ACK', cseq), say('BYE', cseq + 1)];
}

/** Many keys a second from several callers in the menu; the keys lead where they lead. */
const pressKeys: Attack = async (stage, count, chance) => {
  const { callers } = stage;
  for (let done = 0; done < count; done += 4) {
    const calls = Array.from({ length: Math.min(4, count - done) }, (_, nth) =>
      callers.invite(guardLine, `+33613${String(done + nth).padStart(6, '0')}`),
    );
    await within(5000, () => calls.every(({ answeredAt }) => answeredAt !== undefined) || undefined);
    for (let burst = 0; burst < 10; burst++) {
      for (const call of calls)
        for (let key = 0; key < 20; key++) callers.press(call, chance.one([...'0123456789*#ABCD']));
      await wait(120);
    }
    for (const call of calls) callers.bye(call);
  }
  return [];
};

const numbers = [
  ...[
    'anonymous',
    "'; DROP TABLE calls; --",
    `$${'{'}SHELL(id)}`,
    '%24%7BSHELL(id)%7D',
    '+33612345678,arrival',
    '0'.repeat(4000),
  ],
  ...[
    '',
    ' ',
    '..',
    '/etc/passwd',
    '\u00ff\u00fe',
    '%00',
    '%0d%0aX-Evil: 1',
    '"><script>alert(1)</script>',
    '+'.repeat(100),
  ],
  ...[
    '{"id":1}',
    '__proto__',
    'constructor',
    '٠١٢٣٤٥',
    '1e309',
    '-1',
    '+33199004001',
    '112',
    'Ça va ?',
    '\\',
    '`id`',
    '$(id)',
  ],
];

/** Each caller is on record once, whatever they call themselves. */
const callAs: Attack = async (stage, count, chance) => {
  const before = readBooks(stage.dir).calls.length;
  let placed = 0;
  for (; placed < count; placed++) {
    const name = chance.one(numbers);
    const call = stage.callers.invite(
      guardLine,
      chance.chance(0.5) ? encodeURIComponent(name) : name.replace(/[\r\n]/g, ''),
    );
    await wait(40);
    setTimeout(() => stage.callers.bye(call), 1500);
  }
  await wait(3000);
  await quiet(stage);
  await wait(1500);
  const kept = readBooks(stage.dir).calls.length - before;
  // What pjsip itself refuses as no SIP never was a call.
  return [`${placed} callers, ${kept} on record, the others were refused as no SIP`];
};

/** Somebody edits the files of a running line, and saves every keystroke; at the end all is as before. */
const editFiles: Attack = async (stage, count, chance) => {
  const folders = [stage.files.flows, stage.files.plannings];
  const files = [stage.files.trunks, ...folders.flatMap((dir) => readdirSync(dir).map((name) => join(dir, name)))];
  const originals = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  for (let nth = 0; nth < count; nth++) {
    const file = chance.one(files);
    const original = originals.get(file) ?? '';
    writeFileSync(file, misspelt(original, chance));
    await wait(chance.between(5, 120));
    if (chance.chance(0.5)) writeFileSync(file, original);
  }
  for (const [file, text] of originals) writeFileSync(file, text);
  await within(15_000, async () => {
    const { refused } = await stage.house.api<{ refused: string[] }>('/readyz');
    return refused.length === 0 || undefined;
  });
  const { refused } = await stage.house.api<{ refused: string[] }>('/readyz');
  return refused.length > 0 ? [`STILL REFUSED: ${refused[0]}`] : [];
};

/** What a slip of the hand, a bad merge or a broken disk makes of a file. Spoken words stay: each new one costs a second of speech. */
function misspelt(text: string, chance: Dice): string {
  const cut = Math.floor(chance.between(0, text.length));
  const lines = text.split('\n');
  const line = Math.floor(chance.between(0, lines.length));
  return chance.one<() => string>([
    () => text.slice(0, cut),
    () => '',
    () => lines.filter((_, nth) => nth !== line).join('\n'),
    () => lines.map((one, nth) => (nth === line ? `  ${one}` : one)).join('\n'),
    () =>
      lines
        .map((one, nth) =>
          nth === line
            ? one.replace(':', chance.one(['', '::', ' : [', ': &a *a', ': !!js/function x', ': {<<: *x}']))
            : one,
        )
        .join('\n'),
    () => `${text}\n${'- ['.repeat(2000)}`,
    () => text.replace(/\d+/, chance.one(['-1', '1e400', '99999999999999', '0x10', '.nan'])),
    () => text + text,
    () => `a: &a [x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n${text}`,
    () => `${text.slice(0, cut)}\u00ff\u0000${text.slice(cut)}`,
  ])();
}
