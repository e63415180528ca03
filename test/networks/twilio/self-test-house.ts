// A line on Twilio that tests itself, and what the stories about it share.
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fallbackName } from '../../../server/networks/twilio/fallback.ts';
import type { SelfTested } from '../../line/self-test-house.ts';
import { until } from '../../waiting.ts';
import { startTwilioLine, type TwilioLineOptions } from './start.ts';

export const number = '+33199003000';
export const emptyNumber = '+33199003001';

/** Another host: static files, and somebody else's line. */
async function otherHost() {
  const folder = { path: '' };
  const server = createServer((request, response) => {
    const file = join(folder.path, basename(new URL(request.url ?? '/', 'http://x').pathname));
    response.writeHead(200, { 'content-type': 'text/xml' });
    if (file.endsWith('other.xml')) response.end('<Response><Say>Bonjour.</Say><Pause length="300"/></Response>');
    else response.end(existsSync(file) ? readFileSync(file) : '<Response/>');
  }).unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { folder, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export async function startTwilioHouse(options: TwilioLineOptions = {}) {
  const host = await otherHost();
  const line = await startTwilioLine({
    flows: 'test/line/self-test-house',
    plannings: 'test/line/alert-plannings',
    // Whoever keys thinks for a moment of our time, and a busy machine is slower still.
    network: { speed: 2 },
    ...options,
    env: { TWILIO_FALLBACK_URL: host.url, ...options.env },
    prepare: (files) => {
      writeFileSync(
        join(files.plannings, 'vide.yaml'),
        'name: Vide\nshifts:\n  - { from: 2026-01-01 08:00, until: 2026-01-01 09:00, people: [lea] }\n',
      );
      options.prepare?.(files);
    },
  });
  host.folder.path = join(line.dir, 'var', 'twilio-fallback');
  const { network } = line;
  for (const one of network.numbers.values())
    one.voiceFallbackUrl = `${host.url}/${fallbackName(one.number, line.names)}`;
  /** Our own calls, and whoever calls that number, that are not over. */
  const ours = () => [...network.channels.values()].filter(({ facts, isOver }) => facts.to === number && !isOver);
  const karim = network.phone('+33639980001', 'Karim');
  const lea = network.phone('+33639980002', 'Léa');
  /** `vigie self-test …`, with its exit code. */
  const tests = async (...args: string[]): Promise<SelfTested & { code: number }> => {
    const said = await line.vigie('self-test', '--json', ...args);
    if (!said.out.startsWith('{')) throw new Error(`vigie self-test: ${said.code} ${said.out} ${said.err}`);
    return { code: said.code, ...(JSON.parse(said.out) as SelfTested) };
  };
  return {
    line,
    network,
    karim,
    lea,
    tests,
    ours,
    elsewhere: `${host.url}/other.xml`,
    dials: () => until('the test dials', () => ours().length > 0),
    nothingLives: () => until('nothing lives', () => ours().length === 0),
  };
}
