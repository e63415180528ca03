// The line's own secret: signs links and codes. Given by the environment, or made once and kept under var/.
import { join } from 'node:path';
import { good, type Result } from '../base/result.ts';
import { secretIn } from '../store/secret.ts';
import type { Settings } from './settings.ts';

export const lineSecret = ({ secret, var: home }: Pick<Settings, 'secret' | 'var'>): Result<string> =>
  secret ? good(secret) : secretIn(join(home, 'link-secret'));
