// The database: does it open, is it whole, how big is it, do records wait in it?
import type { Result } from '../base/result.ts';
import { problemText } from '../base/result.ts';
import type { DatabaseHealth } from '../store/health.ts';
import { ails, type Finding, said, warns, well } from './finding.ts';

const mega = 1024 * 1024;

export function databaseFindings(examined: Result<DatabaseHealth>, missing: boolean): Finding[] {
  if (missing)
    return [
      warns(
        'database',
        said('il n’y a pas encore de base de données', 'there is no database yet'),
        said('démarrer le serveur', 'start the server: it makes one'),
      ),
    ];
  if (!examined.ok)
    return examined.problems.map((problem) =>
      ails(
        'database',
        said('la base de données est inutilisable', problemText({ ...problem, hint: '' })),
        said(problem.hint ?? 'vigie restore une sauvegarde', problem.hint ?? 'restore a backup (vigie restore)'),
      ),
    );
  const { damage, bytes, waiting, refused, calls } = examined.value;
  if (damage.length > 0)
    return [
      ails(
        'database',
        said(`la base de données est abîmée : ${damage[0]}`, 'the database is damaged'),
        said(
          'arrêter le serveur, garder une copie, puis vigie restore la dernière sauvegarde',
          'stop the server, keep a copy, then vigie restore the last backup',
        ),
      ),
    ];
  const size = `${Math.max(1, Math.round(bytes / mega))} Mo, ${calls} appels`;
  return [
    well('database', said(`la base de données est saine (${size})`, 'whole')),
    ...recordFindings(waiting, refused),
  ];
}

function recordFindings(waiting: number, refused: number): Finding[] {
  const found: Finding[] = [];
  if (waiting > 100)
    found.push(
      warns(
        'records',
        said(`${waiting} fiches attendent d’être rangées`, 'records wait in the journal'),
        said('regarder le journal du serveur ; le redémarrer', 'look at the server’s log; restart it'),
      ),
    );
  if (refused > 0)
    found.push(
      warns(
        'records',
        said(`${refused} fiches n’ont pas pu être rangées`, 'records could not be kept: they stay in the outbox'),
        said('signaler ce défaut, avec le journal du serveur', 'report this as a bug, with the server’s log'),
      ),
    );
  return found;
}
