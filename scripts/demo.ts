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
import { freePort } from '../test/network/ports.ts';
import { startTwilioLine } from '../test/networks/twilio/start.ts';
import { placeCall, type Request, requestSchema } from './demo-call.ts';
import { choose, told } from './demo-words.ts';

const dir = process.env.DEMO_DIR ?? 'var/run';
/** Read by scripts/demo-line.mjs, for `make call` and `npx vigie`. */
const demoFile = join(dir, 'demo.json');
const onTwilio = process.env.CARRIER === 'twilio';
const began = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const step = (line: string): void => say(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`);

/** Who stands behind the numbers of plannings/people.yaml. A number that is not here does not exist. */
const phones: [number: string, name: string, habit: Habit, does: string][] = [
  ['+33639980001', 'Karim Haddad', 'takes', choose('décroche et tape 1', 'answers and presses 1')],
  ['+33639980002', 'Léa Martin', 'busy', choose('occupée', 'busy')],
  ['+33639980003', 'Hugo Petit', 'never answers', choose('ne répond jamais', 'never answers')],
  ['+33199000003', 'Hugo Petit (fixe)', 'never answers', choose('ne répond jamais', 'never answers')],
  ['+33639980004', 'Inès Morel', 'voicemail', choose('messagerie : parle, puis bip', 'voicemail: speaks, then beeps')],
  ['+33639980005', 'Paul Garnier', 'declines with 2', choose('décroche et tape 2', 'answers and presses 2')],
  ['+33639980007', 'Chloé Roux', 'takes', choose('décroche et tape 1', 'answers and presses 1')],
  ['+33639980008', 'Marc Lefèvre', 'takes', choose('décroche et tape 1', 'answers and presses 1')],
];

async function start(): Promise<Line> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const onHappening = ({ who, what }: { who: string; what: string }) => step(`${who} ${told(what)}`);
  const progress = (what: string) => step(told(what));
  const env = { VIGIE_HTTP_PORT: String(await freePort('127.0.0.1')) };
  const network = { patience: 60_000, onHappening };
  // Both networks have the same words; with Twilio there is no Asterisk at all.
  const line = onTwilio
    ? ((await startTwilioLine({
        dir,
        inPlace: true,
        progress,
        network: { ...network, speed: 1, judged: false },
      })) as unknown as Line)
    : await startLine({ dir, inPlace: true, progress, env, network });
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
  const { port } = server.address() as AddressInfo;
  // What is in it opens this line: for nobody else of the machine.
  writeFileSync(demoFile, JSON.stringify({ pid: process.pid, port, env: line.env }), { mode: 0o600 });
  return () => {
    server.close();
    server.closeAllConnections();
    rmSync(demoFile, { force: true });
  };
}

async function answer(line: Line, body: string, response: ServerResponse): Promise<void> {
  const asked = requestSchema.safeParse(JSON.parse(body));
  response.statusCode = asked.success ? 200 : 400;
  if (asked.success) await tell(line, asked.data, (words) => void response.write(`${words}\n`));
  else response.write(`${z.prettifyError(asked.error)}\n`);
  response.end();
}

const next = [
  `La ligne reste ouverte. Dans un autre terminal, dans ce dossier :
  make call PRESS=2                        groupe froid
  make call TO=+33199001001 PRESS=75011    ascenseur à Paris
  npx vigie calls                          les appels ; npx vigie help : tout le reste
  ivr-flows/ et plannings/ se modifient pendant qu’elle tourne (npx vigie check d’abord).
Ctrl-C arrête tout.`,
  `The line stays up. In another terminal, in this folder:
  make call PRESS=2                        a chiller
  make call TO=+33199001001 PRESS=75011    a lift in Paris
  npx vigie calls                          the calls; npx vigie help: all the rest
  ivr-flows/ and plannings/ may be edited while it runs (npx vigie check first).
Ctrl-C stops everything.`,
] as const;

async function main(): Promise<void> {
  const around = onTwilio ? choose('un Twilio simulé', 'a loopback Twilio') : choose('deux opérateurs', 'two carriers');
  say(
    choose(
      `Vigie : la ligne, ${around} et quelques téléphones, sur cette machine seulement\n`,
      `Vigie: the line, ${around} and some telephones, on this machine only\n`,
    ),
  );
  const line = await start();
  const stopListening = await listen(line);
  const stop = (): void => {
    say(choose('\narrêt', '\nstopping'));
    stopListening();
    void line.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  say(choose('\nLes téléphones :', '\nThe telephones:'));
  for (const [number, name, , does] of phones) say(`  ${number}  ${name.padEnd(18)} ${does}`);
  say(`  +33639980006  Nadia Benali       ${choose('ce numéro n’existe pas', 'no such number')}\n`);
  step(choose('un client compose le numéro unique', 'a customer dials the one number'));
  await tell(line, requestSchema.parse({ press: ['1', '1'] }), say);
  say(choose(...next));
}

void main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
