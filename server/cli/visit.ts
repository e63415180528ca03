// The database as a command visits it, beside a server that may be running.
import type { Settings } from '../app/settings.ts';
import type { Result } from '../base/result.ts';
import { openStore, type Store } from '../store/store.ts';

export const visit = ({ database }: Settings): Result<Store> => openStore(database, { as: 'visit' });
