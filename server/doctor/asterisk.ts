// Asterisk, asked over ARI: does it answer, is it new enough, which trunks answer, what time is it there, does a server lead it?

import type { Instant } from '../base/clock.ts';
import type { TrunkPlan } from '../domain/trunk/schema.ts';
import { type AriAccess, probe } from '../networks/asterisk/ari/probe.ts';
import { heartbeatVariable } from '../networks/asterisk/heartbeat.ts';
import { lookedUp, namesOf } from '../networks/asterisk/names.ts';
import { readInstant } from '../networks/asterisk/reconcile.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const deadlineMs = 3000;
/** The last-resort route counts a heartbeat older than three seconds as a dead server: clocks further apart defeat it. */
const clocksApartMs = 2000;
const freshBeatMs = 4_000;

export async function examineAsterisk(
  access: AriAccess,
  plan: TrunkPlan | undefined,
  now: () => Instant,
): Promise<Finding[]> {
  const found = await probe(access, deadlineMs);
  if (!found.ok) {
    const { message, hint } = found.problem;
    const start = 'démarrer Asterisk, ou corriger VIGIE_ARI_URL et VIGIE_ARI_PASSWORD';
    return [
      ails(
        'asterisk',
        said(`Asterisk n’est pas utilisable (${access.url})`, message),
        said(start, hint ?? 'start Asterisk'),
      ),
    ];
  }
  const version = found.warning
    ? warns(
        'asterisk',
        said(`Asterisk ${found.version} répond, mais une faille y a été corrigée depuis`, found.warning),
        said('installer Asterisk 22.10.1 ou plus récent', 'install Asterisk 22.10.1 or newer'),
      )
    : well('asterisk', said(`Asterisk ${found.version} répond`, 'answers, new enough'));
  const [clock, beat, trunks, names] = await Promise.all([
    clockOf(access, now),
    heartbeat(access, now),
    plan ? trunksOf(access, plan) : [],
    plan ? unresolved(plan) : [],
  ]);
  return [version, clock, beat, ...trunks, ...names];
}

/** The answer's JSON; undefined where Asterisk refuses or does not answer in time. */
async function ask<T>(access: AriAccess, path: string): Promise<T | undefined> {
  const authorization = `Basic ${Buffer.from(`${access.user}:${access.password}`).toString('base64')}`;
  const options = { headers: { authorization }, signal: AbortSignal.timeout(deadlineMs) };
  const answer = await fetch(new URL(`/ari/${path}`, access.url), options).catch(() => undefined);
  return answer?.ok ? ((await answer.json().catch(() => undefined)) as T | undefined) : undefined;
}

const unanswered = (check: string, fr: string, en: string): Finding =>
  warns(
    check,
    said(fr, en),
    said('relancer vigie doctor ; sinon redémarrer Asterisk', 'ask again; if it stays so, restart Asterisk'),
  );

async function clockOf(access: AriAccess, now: () => Instant): Promise<Finding> {
  const ping = await ask<{ timestamp?: string }>(access, 'asterisk/ping');
  const there = readInstant(ping?.timestamp ?? '');
  if (there === undefined) return unanswered('clock', 'Asterisk ne dit pas l’heure', 'Asterisk does not say the time');
  const apart = Math.abs(now() - there);
  if (apart <= clocksApartMs)
    return well('clock', said('les horloges d’Asterisk et de Vigie concordent', 'the clocks agree'));
  const seconds = Math.round(apart / 1000);
  return ails(
    'clock',
    said(`l’horloge d’Asterisk est à ${seconds} s de la nôtre`, `Asterisk's clock is ${seconds} s from ours`),
    said(
      'synchroniser les deux machines par NTP : sinon tous les appels prennent la voie de secours',
      'synchronise both machines by NTP: otherwise every call takes the last-resort route',
    ),
  );
}

async function heartbeat(access: AriAccess, now: () => Instant): Promise<Finding> {
  const answer = await ask<{ value?: string }>(access, `asterisk/variable?variable=${heartbeatVariable}`);
  const age = now() - Number(answer?.value || 0);
  if (age <= freshBeatMs)
    return well('server', said('le serveur tient la ligne', 'the server leads Asterisk: its heart beats'));
  return ails(
    'server',
    said(
      'aucun serveur ne tient la ligne : les appels prennent la voie de secours',
      'no server leads Asterisk: calls take the last-resort route',
    ),
    said('démarrer le serveur (vigie serve)', 'start the server (vigie serve)'),
  );
}

type Endpoint = { resource?: string; state?: string };

async function trunksOf(access: AriAccess, plan: TrunkPlan): Promise<Finding[]> {
  const endpoints = await ask<Endpoint[]>(access, 'endpoints/PJSIP');
  if (!endpoints) return [unanswered('trunks', 'Asterisk ne dit rien des opérateurs', 'Asterisk lists no trunk')];
  const states = new Map(endpoints.map(({ resource, state }) => [resource, state]));
  return plan.trunks.map(({ id, host, register }) => trunkFinding(id, host, register, states.get(`trunk-${id}`)));
}

function trunkFinding(id: string, host: string, register: boolean, state: string | undefined): Finding {
  const check = `trunk ${id}`;
  if (state === 'online') return well(check, said(`l’opérateur ${id} répond (${host})`, 'answers'));
  if (state === undefined)
    return ails(
      check,
      said(`Asterisk ne connaît pas l’opérateur ${id}`, 'Asterisk does not know this trunk'),
      said('vigie asterisk, puis recharger Asterisk', 'run vigie asterisk, then reload Asterisk'),
    );
  return ails(
    check,
    said(`l’opérateur ${id} ne répond pas (${host}, état ${state})`, `does not answer (${state})`),
    said(
      `vérifier l’adresse, le pare-feu${register ? ', l’identifiant et le mot de passe' : ''}, puis appeler l’opérateur`,
      `check address, firewall${register ? ', user and password' : ''}; then ring the carrier`,
    ),
  );
}

/** Carriers whose callers are strangers here, because nobody says where they call from. */
async function unresolved(plan: TrunkPlan): Promise<Finding[]> {
  const found = await Promise.all(namesOf(plan).map(async (name) => ((await isResolved(name)) ? [] : [name])));
  return found
    .flat()
    .map((name) =>
      ails(
        `name ${name}`,
        said(
          `le nom ${name} est introuvable : les appels de cet opérateur sont refusés`,
          'cannot be resolved: calls from this carrier are refused',
        ),
        said(
          'vérifier le DNS de la machine, ou écrire les adresses (addresses: [192.0.2.1])',
          'check the DNS of this machine, or write addresses in trunks.yaml',
        ),
      ),
    );
}

const isResolved = (name: string): Promise<boolean> =>
  lookedUp(name).then(
    () => true,
    () => false,
  );

/** How long the last-resort file may be left without being written again: the server does it each hour. */
const staleHours = 3;

/** Is the file that Asterisk falls back on of today? `modified` is undefined when there is none. */
export function lastResortFinding(modified: Instant | undefined, now: Instant): Finding {
  const restart = said(
    'démarrer le serveur : il la réécrit chaque heure',
    'start the server: it writes the file each hour',
  );
  if (modified === undefined)
    return ails('last-resort', said('la voie de secours n’est pas écrite', 'there is no last-resort file'), restart);
  const hours = Math.floor((now - modified) / 3_600_000);
  if (hours >= staleHours)
    return warns(
      'last-resort',
      said(`la voie de secours date de ${hours} h`, `the last-resort file is ${hours} h old`),
      restart,
    );
  return well('last-resort', said('la voie de secours est à jour', 'the last-resort file is fresh'));
}
