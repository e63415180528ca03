/** Work that must not overlap itself: whoever asks while it goes on gets the outcome of what goes on. */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let going: Promise<T> | undefined;
  return () => {
    going ??= work().finally(() => {
      going = undefined;
    });
    return going;
  };
}
