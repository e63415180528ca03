// The machine under the server: disk, clock, Node.js, the speech command, who may read what. Looks only; changes nothing.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Settings } from '../app/settings.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const run = promisify(execFile);
const mega = 1024 * 1024;
/** A minute of a caller's message is 1 MB; the database grows by about 5 kB a call. */
const least = { bad: 200 * mega, warning: 1024 * mega };

export async function diskFinding(folder: string): Promise<Finding> {
  const disk = await statfs(folder).catch(() => undefined);
  if (!disk)
    return ails(
      'disk',
      said(`le dossier ${folder} n’existe pas`, 'the working folder does not exist'),
      said('démarrer le serveur, ou corriger VIGIE_VAR', 'start the server, or correct VIGIE_VAR'),
    );
  return judgeDisk(folder, disk.bavail * disk.bsize, disk.files > 0 ? disk.ffree : undefined);
}

/** @param free bytes; @param files how many more files the disk can hold, where it counts them. */
export function judgeDisk(folder: string, free: number, files?: number): Finding {
  const size = free >= 1024 * mega ? `${Math.floor(free / mega / 1024)} Go` : `${Math.floor(free / mega)} Mo`;
  const mend = said(
    `libérer de la place là où se trouve ${folder} (anciens messages, journaux)`,
    'free some space there: old messages, logs',
  );
  if (files !== undefined && files < 1000)
    return ails('disk', said(`il reste ${files} inodes`, 'nearly no file can be made any more'), mend);
  if (free < least.bad) return ails('disk', said(`il reste ${size} sur le disque`, 'the disk is nearly full'), mend);
  if (free < least.warning) return warns('disk', said(`il reste ${size} sur le disque`, 'the disk fills up'), mend);
  return well('disk', said(`il reste ${size} sur le disque`, 'free on the disk'));
}

/** Is the clock kept by NTP? Undefined where nobody can say (a container, another init system). */
export async function ntpFinding(): Promise<Finding | undefined> {
  const asked = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: 3000 }).catch(
    () => undefined,
  );
  const answer = asked?.stdout.trim();
  if (answer === 'yes') return well('ntp', said('l’horloge est synchronisée', 'the clock is synchronised (NTP)'));
  if (answer !== 'no') return undefined;
  return warns(
    'ntp',
    said('l’horloge n’est pas synchronisée', 'the clock is not synchronised: people change at the wrong minute'),
    said('timedatectl set-ntp true (ou installer chrony)', 'timedatectl set-ntp true, or install chrony'),
  );
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return well('node', said(`Node.js ${version}`, 'new enough'));
  return ails(
    'node',
    said(`Node.js ${version} est trop ancien`, 'too old'),
    said('installer Node.js 24 (20.19 au moins)', 'install Node.js 24 (20.19 at least)'),
  );
}

/** Can the command that speaks be run? `program` is a path, or a name to be found on `path`. */
export async function speechFinding(program: string, path = ''): Promise<Finding> {
  const places = program.includes('/')
    ? [program]
    : path.split(delimiter).map((folder) => join(folder || '.', program));
  const there = await Promise.all(places.map((place) => access(place, constants.X_OK).then(alright, () => false)));
  if (there.includes(true)) return well('speech', said(`la synthèse vocale est là (${program})`, 'can be run'));
  return ails(
    'speech',
    said(
      `la synthèse vocale ${program} est introuvable`,
      'the speech command cannot be run: no new text can be published',
    ),
    said(
      'sh scripts/get-tools.sh espeak-ng, ou VIGIE_ESPEAK, ou VIGIE_TTS',
      'run scripts/get-tools.sh espeak-ng, or set VIGIE_ESPEAK or VIGIE_TTS',
    ),
  );
}

const alright = () => true;
const othersMayRead = 0o004;

/** May the server write its folder; may strangers read what they must not? */
export async function permissionFindings({ var: home, database, asterisk }: Settings): Promise<Finding[]> {
  const writable = await access(home, constants.W_OK | constants.X_OK).then(alright, () => false);
  const confs = asterisk ? await readdir(asterisk.etc).catch(() => []) : [];
  const secrets = confs.filter((name) => name.endsWith('.conf')).map((name) => join(asterisk?.etc ?? '', name));
  const open = await readableByAll(secrets);
  return [
    writable
      ? well('folder', said(`${home} est accessible en écriture`, 'the working folder can be written'))
      : ails(
          'folder',
          said(`${home} n’est pas accessible en écriture`, 'the working folder cannot be written by this user'),
          said(`chown -R vigie ${home}`, 'give it to the user that the server runs as'),
        ),
    ...(open.length === 0
      ? []
      : [
          ails(
            'secrets',
            said(`tout le monde peut lire ${open.join(', ')}`, 'everybody may read files that hold passwords'),
            said(`chmod 600 ${open.join(' ')}`, 'take the others’ rights away'),
          ),
        ]),
    ...(await personal(home, database)),
  ];
}

/** Callers' numbers and messages are personal data; a closed folder above them is enough. */
async function personal(home: string, database: string): Promise<Finding[]> {
  const open = (await readableByAll([home])).length > 0 ? await readableByAll([database, join(home, 'messages')]) : [];
  if (open.length === 0) return [];
  return [
    warns(
      'privacy',
      said(`tout le monde peut lire ${open.join(', ')}`, 'everybody on this machine may read callers’ numbers'),
      said(`chmod o-rwx ${home}`, 'close the working folder to others'),
    ),
  ];
}

async function readableByAll(paths: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ mode }) => mode,
        () => 0,
      ),
    ),
  );
  return paths.filter((_, index) => ((modes[index] ?? 0) & othersMayRead) !== 0);
}
