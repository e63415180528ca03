// `make run`: the line on loopback with a small telephone network around it, a first call told step by step, then calls on demand.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { call as tellCall } from '../server/cli/calls.ts';
import { openStore } from '../server/store/store.ts';
import { type Line, startLine } from '../test/line/line.ts';
import type { Habit } from '../test/network/phone.ts';
import { startTwilioLine } from '../test/networks/twilio/start.ts';
import { placeCall, type Request, requestSchema } from './demo-call.ts';

const dir = 'var/run';
/** Tells `make call` where to knock. */
export const controlFile = join(dir, 'control.json');
const onTwilio = process.env.CARRIER === 'twilio';
const began = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const step = (line: string): void => say(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);

/** Who stands behind the numbers of plannings/people.yaml. A number that is not here does not exist. */
const phones: [number: string, name: string, habit: Habit, does: string][] = [
  ['+33639980001', 'Karim Haddad', 'takes', 'décroche et tape 1 (takes the call)'],
  ['+33639980002', 'Léa Martin', 'busy', 'occupée (busy)'],
  ['+33639980003', 'Hugo Petit', 'never answers', 'ne répond jamais (never answers)'],
  ['+33199000003', 'Hugo Petit (fixe)', 'never answers', 'ne répond jamais (never answers)'],
  ['+33639980004', 'Inès Morel', 'voicemail', 'messagerie : parle, puis bip (voicemail)'],
  ['+33639980005', 'Paul Garnier', 'declines with 2', 'décroche et tape 2 (declines)'],
  ['+33639980007', 'Chloé Roux', 'takes', 'décroche et tape 1 (takes the call)'],
  ['+33639980008', 'Marc Lefèvre', 'takes', 'décroche et tape 1 (takes the call)'],
];

async function start(): Promise<Line> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const onHappening = ({ who, what }: { who: string; what: string }) => step(`${who} ${what}`);
  const network = { patience: 60_000, onHappening };
  // Both networks have the same words; with Twilio there is no Asterisk at all.
  const line = onTwilio
    ? ((await startTwilioLine({
        dir,
        progress: step,
        network: { ...network, speed: 1, judged: false },
      })) as unknown as Line)
    : await startLine({ dir, progress: step, network });
  for (const [number, name, habit] of phones) line.network.phone(number, name).behaves(habit);
  return line;
}

/** Places a call; then its story as `vigie call` tells it. */
async function tell(line: Line, request: Request, out: (text: string) => void): Promise<void> {
  const id = await placeCall(line, request);
  await line.over(id);
  out(`\n--- npx vigie call ${id}`);
  const openLedger = () => {
    const store = openStore(join(dir, 'var', 'vigie.db'), { as: 'visit' });
    return store.ok
      ? { ok: true as const, value: { ledger: store.value.ledger, close: () => store.value.close() } }
      : store;
  };
  await tellCall([id], { out, err: out, now: Date.now, openLedger });
  out('---\n');
}

/** `make call` posts what it wants and gets the story back. */
async function listen(line: Line): Promise<() => void> {
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => answer(line, body, response))
      .catch((error: Error) => response.end(`${error.message}\n`));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  writeFileSync(controlFile, JSON.stringify({ port: (server.address() as AddressInfo).port }));
  return () => {
    server.close();
    server.closeAllConnections();
    rmSync(controlFile, { force: true });
  };
}

async function answer(line: Line, body: string, response: ServerResponse): Promise<void> {
  const asked = requestSchema.safeParse(JSON.parse(body));
  response.statusCode = asked.success ? 200 : 400;
  if (asked.success) await tell(line, asked.data, (words) => void response.write(`${words}\n`));
  else response.write(`${z.prettifyError(asked.error)}\n`);
  response.end();
}

async function main(): Promise<void> {
  const around = onTwilio ? 'un Twilio simulé (a loopback Twilio)' : 'deux opérateurs';
  say(`Vigie : la ligne, ${around} et quelques téléphones, sur cette machine seulement (loopback only)\n`);
  const line = await start();
  const stopListening = await listen(line);
  const stop = (): void => {
    say('\narrêt (stopping)');
    stopListening();
    void line.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  say('\nLes téléphones (the phones):');
  for (const [number, name, , does] of phones) say(`  ${number}  ${name.padEnd(18)} ${does}`);
  say('  +33639980006  Nadia Benali       ce numéro n’existe pas (no such number)\n');
  step('un client compose le numéro unique (a customer dials the one number)');
  await tell(line, requestSchema.parse({ press: ['1', '1'] }), say);
  say('La ligne reste ouverte. Dans un autre terminal (the line stays up; in another terminal):');
  say('  make call PRESS=2                                groupe froid');
  say('  make call TO=+33199001001 PRESS=75011            ascenseur à Paris');
  say('  VIGIE_VAR=var/run/var npx vigie calls            les appels');
  say('Ctrl-C arrête tout (stops everything).');
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
