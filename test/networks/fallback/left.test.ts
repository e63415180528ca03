// Callers who left while no server led their call: each on record once, and nobody whom a server knew.
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import type { AlertRecord, FinishedCall } from '../../../server/domain/call/record.ts';
import { forgetLeft, takeInLeft } from '../../../server/networks/fallback/left.ts';

const log = pino({ level: 'silent' });
const line = (channel: string, more: object = {}): string =>
  `${JSON.stringify({ channel, called: '0199001001', caller: '0612345678', at: 1_800_000_000_000, left: 1_800_000_001_500, ...more })}\n`;

function spool(t: Test) {
  const dir = mkdtempSync(join(tmpdir(), 'vigie-left-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const kept: { record: FinishedCall; alert?: AlertRecord }[] = [];
  let known: ReadonlySet<string> | undefined = new Set();
  return {
    dir,
    kept,
    files: () => readdirSync(dir).sort(),
    /** What Asterisk writes. */
    leaves: (text: string) => appendFileSync(join(dir, 'callers.left'), text),
    aside: (text: string) => writeFileSync(join(dir, 'callers.left.aside'), text),
    knows: (...channels: string[]) => {
      known = new Set(channels);
    },
    cannotSay: () => {
      known = undefined;
    },
    look: () =>
      takeInLeft(dir, {
        known: async () => known,
        keep: (record, alert) => kept.push({ record, ...(alert ? { alert } : {}) }),
        log,
      }),
  };
}

void t.test('whom nobody knew is on record at the second look, once', async (t) => {
  const { kept, leaves, knows, look, files } = spool(t);
  leaves(line('171.1') + line('171.2', { caller: '' }));
  knows('171.1');
  t.equal(await look(), 0, 'a server that lives may be about to save it');
  t.equal(await look(), 1);
  t.match(kept, [
    {
      record: {
        id: 'u171-2',
        channel: '171.2',
        called: '+33199001001',
        caller: '',
        outcome: 'hung-up',
        startedAt: 1_800_000_000_000,
        endedAt: 1_800_000_001_500,
      },
    },
  ]);
  t.equal(await look(), 0);
  t.equal(kept.length, 1);
  t.same(files(), [], 'nothing is kept of those who are on record');
});

void t.test('who waited for more than five seconds is alerted of; who rang off at once is not', async (t) => {
  const { kept, aside, look } = spool(t);
  aside(line('1.1', { left: 1_800_000_004_999 }) + line('1.2', { left: 1_800_000_005_000 }));
  await look();
  t.same(
    kept.map(({ record, alert }) => [record.id, alert?.call]),
    [
      ['u1-1', undefined],
      ['u1-2', 'u1-2'],
    ],
  );
});

void t.test('while it cannot be said who is known, all waits, and what comes meanwhile is kept', async (t) => {
  const { kept, aside, leaves, cannotSay, knows, look } = spool(t);
  aside(line('1.1'));
  cannotSay();
  await look();
  leaves(line('1.2'));
  await look();
  t.same(kept, []);
  knows();
  await look();
  await look();
  t.same(
    kept.map(({ record }) => record.id),
    ['u1-1', 'u1-2'],
  );
});

void t.test('after a restore nobody is judged by a ledger that never knew them', async (t) => {
  const { kept, aside, leaves, look, files, dir } = spool(t);
  aside(line('1.1'));
  leaves(line('1.2'));
  forgetLeft(dir);
  t.same(files(), []);
  await look();
  await look();
  t.same(kept, []);
});

void t.test('lines that are no lines are passed over', async (t) => {
  const { kept, aside, look } = spool(t);
  aside(`{"channel":"1.1","cal\n\n[]\nnull\n${line('')}${line('1.2', { at: 'x' })}${line('1.3')}{"channel"`);
  t.equal(await look(), 1);
  t.equal(kept[0]?.record.id, 'u1-3');
});
