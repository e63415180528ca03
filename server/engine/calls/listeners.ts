// Whoever listens to the calls, so that what goes wrong there is theirs: no call feels it, and no timer of a call ends the process.
import type { Ports } from './ports.ts';

/** The same ports, with listeners that cannot throw. What they throw stands in the log. */
export function withSafeListeners(ports: Ports): Ports {
  const { log, onEnd, onTest, onAlert, onDeliver } = ports;
  const safe =
    <A extends unknown[]>(listener: (...told: A) => void) =>
    (...told: A): void => {
      try {
        listener(...told);
      } catch (error) {
        log.error({ error }, 'one who listens to the calls failed; the calls go on');
      }
    };
  return {
    ...ports,
    ...(onEnd ? { onEnd: safe(onEnd) } : {}),
    ...(onTest ? { onTest: safe(onTest) } : {}),
    ...(onAlert ? { onAlert: safe(onAlert) } : {}),
    ...(onDeliver ? { onDeliver: safe(onDeliver) } : {}),
  };
}
