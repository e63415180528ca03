// An element that must be there: a list is read by an index that its maker knows to be good.

/** @throws RangeError when there is none: an index of ours is wrong, and goes no further as `undefined` */
export function nth<T>(list: ArrayLike<T>, index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`there is no element ${index} of ${list.length}`);
  return found;
}

/** @throws RangeError when the list is empty */
export const lastOf = <T>(list: ArrayLike<T>): T => nth(list, list.length - 1);
