// A value inside another that may have been written by anybody: `ticket.id` of an answer. Pure.

/** @param path keys with dots between them @returns undefined where it is not there */
export const inside = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((around, key) => {
    const there = typeof around === 'object' && around !== null && Object.hasOwn(around, key);
    return there ? Reflect.get(around, key) : undefined;
  }, value);
