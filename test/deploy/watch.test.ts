// scripts/watch.mjs beside a process that answers, and of which somebody else says that it is stuck all the same.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

t.test(
  'a note of silence ends it once it is fresh and long enough, and what its threads did is written down',
  async (t) => {
    const dir = mkdtempSync(join(tmpdir(), 'vigie-watch-'));
    const note = join(dir, 'asterisk.silent');
    const watched = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const gone = once(watched, 'exit');
    let asked = 0;
    const server = createServer((_request, response) => {
      asked++;
      // At the first look the note is nobody's word any more, at the second it speaks of a moment.
      if (asked === 2) writeFileSync(note, JSON.stringify({ silentMs: 3_000, channels: [] }));
      if (asked === 3) {
        t.equal(watched.exitCode ?? watched.signalCode, null, 'it lives');
        writeFileSync(note, JSON.stringify({ silentMs: 11_000, channels: ['c1.l1'] }));
      }
      response.writeHead(401).end();
    });
    t.teardown(() => {
      server.close();
      watched.kill('SIGKILL');
      rmSync(dir, { recursive: true });
    });
    writeFileSync(note, JSON.stringify({ silentMs: 11_000, channels: [] }));
    utimesSync(note, new Date(0), new Date(0));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ari/asterisk/ping`;
    const watch = spawn(process.execPath, ['scripts/watch.mjs', String(watched.pid), url, '10', note]);
    let said = '';
    watch.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const [code] = (await once(watch, 'exit')) as [number];
    t.equal(code, 1);
    t.equal((await gone)[1], 'SIGKILL');
    t.match(said, /silent to its server for 11 s: it is ended/);
    t.match(said, /noted by whom it is silent to: .*c1\.l1/);
    t.match(said, /\d+ node \w /, 'each thread with its name and state');
  },
);
