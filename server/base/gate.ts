// Shut until something has begun: whoever comes too early waits for it, and is not sent away.
export class Gate {
  #open: () => void = () => {};
  #isOpen = false;
  /** Resolves once it is open. */
  readonly opened = new Promise<void>((open) => {
    this.#open = open;
  });

  get isOpen(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#open();
  }
}
