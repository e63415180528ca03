// What this server can be asked over HTTP, besides what the networks are asked by their own. How a route is added: docs/adding.md.
import type { Route } from '../base/route.ts';
import { type AlertRooms, alertRoutes } from './alerts.ts';
import { type CallBackRooms, callBackRoutes } from './call-back.ts';
import { type CallRooms, callRoutes } from './calls.ts';
import { type DutyRooms, dutyRoutes } from './duty.ts';
import { type HealthRooms, healthRoutes } from './health.ts';
import { type WhoRooms, whoRoutes } from './who.ts';

export type Rooms = {
  health: HealthRooms;
  calls: CallRooms;
  who: WhoRooms;
  duties: DutyRooms;
  callBacks: CallBackRooms;
  alerts: AlertRooms;
};

export const routesOf = (rooms: Rooms): Route[] => [
  ...healthRoutes(rooms.health),
  ...callRoutes(rooms.calls),
  ...whoRoutes(rooms.who),
  ...dutyRoutes(rooms.duties),
  ...callBackRoutes(rooms.callBacks),
  ...alertRoutes(rooms.alerts),
];
