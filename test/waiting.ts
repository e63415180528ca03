// How tests wait: for what they can see, and until nobody could doubt that it will not come; never for a time.

/** A wait as long as this has failed, ms. Only a failure lasts so long, however much else the machine has to do. */
export const patienceMs = 120_000;

/** Asks again and again until there is an answer. @throws with what was waited for. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = Date.now() + patienceMs; ; ) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${patienceMs / 1000} s`);
    await new Promise((later) => setTimeout(later, 50));
  }
}
