// What the renderer is told, and what must be true of it. It reads no environment: secrets are handed in by name.
import type { Problem } from '../../../base/result.ts';
import type { TrunkPlan } from '../../../domain/trunk/schema.ts';
import { isName, isPath, isValue } from './conf.ts';
import type { LastResort } from './last-resort.ts';

export type RenderOptions = {
  plan: TrunkPlan;
  /** Loopback only, whatever the rest of the machine does. `app` is the Stasis application, `vigie` unless said otherwise. */
  ari: { port: number; user: string; password: string; app?: string };
  /** Where carriers reach us. `external`: our public address behind a NAT. */
  sip: { bind: string; port: number; external?: string };
  rtp: { from: number; to: number };
  /** Absolute paths. `run` holds the control socket: keep it under 90 characters. */
  dirs: {
    etc: string;
    modules: string;
    /** Asterisk's own data: sounds, rest-api, documentation. */
    data: string;
    run: string;
    log: string;
    spool: string;
    db: string;
    /** A folder of music for waiting callers; ringing tone without it. */
    music?: string;
  };
  /** Language of Asterisk's own sounds, `fr` unless said otherwise. */
  language?: string;
  /** The value of an environment variable that trunks.yaml names. */
  secrets: (envName: string) => string | undefined;
  lastResort: LastResort;
  /** The addresses that an entry of a trunk's `addresses` means now; Asterisk asks for names itself, once, unless given. */
  addressesOf?: (entry: string) => readonly string[];
};

/** Everything that would make the files wrong or unsafe, each with its mend. */
export function optionProblems(options: RenderOptions): Problem[] {
  return [...folderProblems(options), ...portProblems(options), ...secretProblems(options)];
}

const problem = (message: string, hint: string): Problem => ({ file: 'asterisk-config', message, hint });

function folderProblems({ dirs, lastResort }: RenderOptions): Problem[] {
  const { voicemailDir, spoolDir, prompts } = lastResort;
  const found = Object.entries({ ...dirs, voicemailDir, spoolDir, ...prompts })
    .filter(([, path]) => !isPath(path))
    .map(([name, path]) =>
      problem(
        `the path of ${name}, ${JSON.stringify(path)}, cannot stand in a dialplan`,
        'use an absolute path of letters, digits and / . _ @ + -',
      ),
    );
  // sockaddr_un holds 108 bytes, and the socket's name is added to the folder.
  if (Buffer.byteLength(dirs.run) > 90)
    found.push(problem(`the path ${dirs.run} is too long for a control socket`, 'use one of 90 characters or less'));
  return found;
}

function portProblems({ ari, sip, rtp }: RenderOptions): Problem[] {
  const found: Problem[] = [];
  const ports = [ari.port, sip.port, rtp.from, rtp.to];
  if (!ports.every((port) => Number.isInteger(port) && port > 0 && port < 65536))
    found.push(problem(`ports are whole numbers of 1 to 65535, not ${ports.join(', ')}`, 'correct the settings'));
  if (rtp.to - rtp.from < 9)
    found.push(problem(`RTP ports ${rtp.from}-${rtp.to} are too few`, 'leave two for each leg of each call'));
  if (!isName(ari.user) || !isName(ari.app ?? 'vigie'))
    found.push(problem('the ARI user or application is not a plain name', 'use letters, digits, "-" and "_"'));
  if (ari.password === '' || !isValue(ari.password))
    found.push(problem('the ARI password is empty or holds a line break or outer blank', 'choose another'));
  for (const address of [sip.bind, sip.external ?? '0.0.0.0'])
    if (!/^[0-9a-zA-Z.:[\]-]+$/.test(address))
      found.push(problem(`${JSON.stringify(address)} is not an address`, 'write an IP address'));
  return found;
}

function secretProblems({ plan, secrets }: RenderOptions): Problem[] {
  return plan.trunks.flatMap(({ id, auth }) =>
    [auth?.userEnv ?? [], auth?.passwordEnv ?? []].flat().flatMap((name) => {
      const value = secrets(name);
      if (value === undefined || value === '')
        return [problem(`trunk "${id}" needs the environment variable ${name}, which is not set`, `set ${name}`)];
      const safe = isValue(value) && (name === auth?.passwordEnv || isSipUser(value));
      return safe
        ? []
        : [
            problem(
              `the value of ${name} cannot be used by trunk "${id}"`,
              'it must be one line, and a user a SIP user',
            ),
          ];
    }),
  );
}

/** The characters a SIP user may have as they are (RFC 3261 §25.1, less those that need care in a URI). */
const isSipUser = (text: string): boolean => /^[A-Za-z0-9_.!~*'()&=+$,-]+$/.test(text);
