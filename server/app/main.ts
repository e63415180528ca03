// The line, put together from top to bottom: the only place where clock, ids, networks and rooms meet. Each room is built from what stands
// above it; then those who listen join, and then it starts.
import { routesOf } from '../api/routes.ts';
import type { Door } from '../api/server.ts';
import { bad, good, type Result } from '../base/result.ts';
import type { Route } from '../base/route.ts';
import type { LiveConfiguration } from '../config/configuration.ts';
import { openCodes } from '../engine/alerts/codes.ts';
import { openLinks } from '../engine/alerts/links.ts';
import { CallListeners } from '../engine/calls/listeners.ts';
import type { Switchboard } from '../engine/calls/switchboard.ts';
import { shareCarrier } from '../engine/placed-calls/share.ts';
import { openMailer } from '../networks/mail/mailer.ts';
import { watchDiskSpace } from '../store/disk-space.ts';
import { lockLine } from '../store/line-lock.ts';
import type { Store } from '../store/store.ts';
import { keepWantedCalls, openAlerts } from './alerts.ts';
import { type Built, closing } from './build.ts';
import { knownCalls, openCalls } from './calls.ts';
import { openNetworks } from './carriers.ts';
import { openDoors } from './doors.ts';
import { openHearing } from './hearing.ts';
import { keepHouse } from './housekeeping.ts';
import { openMessages } from './messages.ts';
import { openParts, type Parts } from './parts.ts';
import { openPlacer } from './placed-calls.ts';
import { askedRooms, openLineMetrics } from './rooms.ts';
import { lineSecret } from './secret.ts';
import { openTester, randomCode } from './self-tests.ts';
import { openShipping } from './shipping.ts';
import { openSms } from './sms.ts';
import { openTexts } from './texts.ts';

export type Server = {
  switchboard: Switchboard;
  config: LiveConfiguration;
  store: Store;
  port: number | undefined;
  alivePort: number | undefined;
  stop(): Promise<void>;
};

/** All of it, not yet started. */
type Line = {
  switchboard: Switchboard;
  doors: Door[];
  routes: Route[];
  start(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts the line on what was built. The problem says what stands in the way. */
export async function serve(built: Built): Promise<Result<Server>> {
  const { settings, store, config } = built;
  const held = await lockLine(settings.database);
  if (!held.ok) return closing(store, held);
  const secret = lineSecret(settings);
  if (!secret.ok) {
    held.value();
    return closing(store, secret);
  }
  const parts = openParts(built, secret.value);
  const line = await openLine(parts);
  const close = async () => {
    await line.stop();
    store.close();
    held.value();
  };
  // The doors open first: a port that is taken is told before any call is, and health can be asked while Asterisk is awaited.
  const doors = await openDoors(parts, line);
  if (!doors.ok) {
    await close();
    return doors;
  }
  const { port, alivePort } = doors.value;
  const stop = async () => {
    await doors.value.stop();
    await close();
  };
  try {
    await line.start();
  } catch (error) {
    await stop();
    return isProblem(error) ? bad(error) : Promise.reject(error);
  }
  return good({ switchboard: line.switchboard, config, store, port, alivePort, stop });
}

const isProblem = (error: unknown): error is { file: string; message: string } =>
  typeof error === 'object' && error !== null && 'file' in error && 'message' in error;

/** Every room, in the order in which one needs another. */
async function openLine(parts: Parts): Promise<Line> {
  const { settings, log, secret, leader } = parts;
  const listeners = new CallListeners(log);
  const disk = await watchDiskSpace(settings.var, log);
  const switchboard = openCalls(parts, disk, listeners);
  const placer = openPlacer(parts, switchboard);
  const networks = await openNetworks({ ...parts, code: randomCode }, knownCalls(parts, switchboard, placer));
  const sms = openSms(parts, networks.sms);
  const mailer = settings.mail ? openMailer(settings.mail, log) : undefined;
  const ways = { sms: sms.provider, mailer, placer, links: openLinks(secret), codes: openCodes(secret) };
  const alerting = openAlerts(parts, switchboard, ways);
  const messages = openMessages(parts, switchboard, ways);
  const texts = sms.provider && openTexts(parts, sms.provider, { alerting, messages, codes: ways.codes });
  const tester = openTester(parts, { networks, switchboard });
  const metrics = openLineMetrics(parts, switchboard, disk);
  const shipping = openShipping(parts);
  const hearing = openHearing(parts, { alerting, messages, metrics, tester, shipping });
  for (const one of hearing.listeners) listeners.add(one);
  const keeping = { unsaved: () => switchboard.unsaved, ship: shipping.ask, unled: hearing.unled };
  const stopKeeping = keepHouse(parts, keeping);
  const rooms = askedRooms(parts, { switchboard, alerting, placer, tester, links: ways.links, metrics });
  const shared = networks.carriers.map(shareCarrier);
  return {
    switchboard,
    doors: networks.doors,
    routes: [...networks.routes, ...sms.routes, ...routesOf(rooms)],
    start: async () => {
      tester.prepare();
      placer.start(shared.map(({ own }) => own));
      await switchboard.start(shared.map(({ line }) => line));
      await texts?.start();
      leader.start();
      keepWantedCalls(alerting, placer);
      messages.start();
      tester.start();
    },
    stop: async () => {
      stopKeeping();
      disk.stop();
      tester.stop();
      await messages.stop();
      leader.stop();
      alerting.stop();
      placer.close();
      await texts?.stop();
      await mailer?.stop();
      await switchboard.stop();
      parts.saving.stop();
      parts.prompts.close();
      await shipping.stop();
    },
  };
}
