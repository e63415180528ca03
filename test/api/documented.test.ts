// docs/http.md is the list of what this server answers: every route stands there, with who may use it.
import { readFileSync } from 'node:fs';
import t from 'tap';
import { z } from 'zod';
import { type Rooms, routesOf } from '../../server/api/routes.ts';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import type { Access, Route } from '../../server/base/route.ts';
import { OptOuts } from '../../server/domain/message/opt-outs.ts';
import { SmsGateway } from '../../server/networks/sms/gateway.ts';
import { SmsGateways } from '../../server/networks/sms/gateways.ts';
import { files } from '../../server/networks/twilio/files.ts';
import { Media } from '../../server/networks/twilio/media.ts';
import { namesFor } from '../../server/networks/twilio/names.ts';

/** Nothing is asked of them: the routes are only read. */
const rooms = {
  health: {},
  calls: { store: {}, switchboard: {} },
  who: {},
  duties: {},
  callBacks: { order: z.object({}) },
  alerts: {},
} as unknown as Rooms;
const gateway = new SmsGateway({ url: 'http://127.0.0.1:9/', token: 'x' }, { clock: systemClock, log: silentLog });
const gateways = new SmsGateways({
  specs: () => [],
  env: {},
  now: () => 0,
  idOf: () => undefined,
  own: () => false,
  optOuts: new OptOuts(),
  log: silentLog,
});
const media = new Media({ ready: () => false, filesOf: () => [] }, '/nowhere', new Uint8Array(), namesFor(['secret']));
const routes: Route[] = [
  ...routesOf(rooms),
  ...gateway.routes(),
  ...gateways.routes(),
  ...files(media, () => undefined),
];

const words: Record<Access['who'], string> = {
  anyone: 'anyone',
  token: 'token',
  'this-machine': 'this machine',
  signed: 'signed',
};

t.test('every route is in the list, with who may use it', async (t) => {
  const rows = readFileSync('docs/http.md', 'utf8').replaceAll('\\|', '+').split('\n');
  t.ok(routes.length > 20);
  for (const { methods, path, access } of routes) {
    const name = `\`${methods.join('+')} ${path}\``;
    const row = rows.find((one) => one.includes(name));
    t.ok(row, name);
    t.match(row?.split('|')[2]?.trim(), new RegExp(`^${words[access.who]}`), `${name}: who may use it`);
  }
});
