// The running server, asked over its own HTTP door what it thinks of itself.
import { ails, type Finding, said, warns, well } from './finding.ts';

type Ready = { ready: boolean; savingFailsSince?: string; carriers?: Record<string, string>; refused?: string[] };

/** @param address `http://127.0.0.1:8080` @param token shown where it is not asked over loopback */
export async function serverFindings(address: string, token?: string): Promise<Finding[]> {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const signal = AbortSignal.timeout(3000);
  const answer = await fetch(`${address}/readyz`, { signal, headers }).catch(() => undefined);
  if (answer?.status === 401 || answer?.status === 403) return [shut(address)];
  const self = (await answer?.json().catch(() => undefined)) as Ready | undefined;
  if (!self)
    return [
      ails(
        'http',
        said(`le serveur ne répond pas sur ${address}`, 'the server does not answer'),
        said('démarrer ou redémarrer le serveur', 'start or restart the server'),
      ),
    ];
  return [well('http', said(`le serveur répond sur ${address}`, 'the server answers')), ...complaints(self)];
}

const shut = (address: string): Finding =>
  warns(
    'http',
    said(`le serveur sur ${address} refuse de répondre à vigie doctor`, 'the server does not answer this command'),
    said('donner VIGIE_API_TOKEN, comme au serveur', 'set VIGIE_API_TOKEN as the server has it'),
  );

function complaints({ savingFailsSince, carriers = {}, refused = [] }: Ready): Finding[] {
  const found: Finding[] = [];
  if (savingFailsSince)
    found.push(
      ails(
        'saving',
        said(`les appels ne sont plus enregistrés depuis ${savingFailsSince}`, 'calls cannot be saved'),
        said('vérifier le disque et qui tient la base', 'check the disk, and who holds the database'),
      ),
    );
  for (const [name, state] of Object.entries(carriers))
    if (state !== 'connected')
      found.push(
        ails(
          'carrier',
          said(`le serveur a perdu ${name}`, `the server has lost ${name}`),
          said(`vérifier que ${name} tourne`, `is ${name} running?`),
        ),
      );
  for (const problem of refused)
    found.push(
      warns(
        'reload',
        said(`dernière modification refusée : ${problem}`, 'the last edit was refused: the version before stays'),
        said('corriger le fichier (vigie check)', 'mend the file (vigie check)'),
      ),
    );
  return found;
}
