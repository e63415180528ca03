// A few tasks at a time, the urgent ones first.

export type Pool = <T>(task: () => Promise<T>, urgent?: boolean) => Promise<T>;

/** Runs at most `width` tasks at once; an urgent task passes those that wait. */
export function openPool(width: number): Pool {
  const waiting: (() => void)[] = [];
  let free = width;
  const turn = (urgent: boolean): Promise<void> => {
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      if (urgent) waiting.unshift(resolve);
      else waiting.push(resolve);
    });
  };
  const handOn = () => {
    const next = waiting.shift();
    if (next) next();
    else free++;
  };
  return async (task, urgent = false) => {
    await turn(urgent);
    try {
      return await task();
    } finally {
      handOn();
    }
  };
}
