// Tells the dialplan that this server lives: a global variable, set twice a second. Without it new callers take the last-resort route.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { type Request, withQuery } from './ari/words.ts';

const heartbeatMs = 500;
/** Milliseconds since 1970. Read by the dialplan: a value older than 3 s sends callers to the last-resort route. */
export const heartbeatVariable = 'VIGIE_HEARTBEAT';

/** Beats from now on, as long as `healthy` does not say no. @returns what stops it */
export function heartbeat(
  request: Request,
  { clock, log, healthy }: { clock: Clock; log: Log; healthy: (() => boolean) | undefined },
): () => void {
  const beat = () => {
    if (healthy?.() === false) return;
    void request(
      'POST',
      withQuery('asterisk/variable', { variable: heartbeatVariable, value: Math.floor(clock.now()) }),
    ).then((answer) => {
      if (answer.status >= 300)
        log.error({ ...answer }, 'the heartbeat is refused: callers go to the last-resort route');
    });
  };
  beat();
  const beating = setInterval(beat, heartbeatMs);
  return () => clearInterval(beating);
}
