// The reading that is in use, with the changes of duty that are laid over it, and whoever wants to hear when it is another.
import type { Log } from '../base/log.ts';
import type { Overlay } from '../domain/planning/changes.ts';
import type { Reading } from './read.ts';

type Listener = (reading: Reading) => void;
export type InUseParts = { overlay: { revision(): number; read(): Overlay }; log: Log };

export class InUse {
  readonly #parts: InUseParts;
  readonly #listeners: Listener[] = [];
  #reading: Reading;
  #revision: number | undefined;

  constructor(first: Reading, parts: InUseParts) {
    this.#reading = first;
    this.#parts = parts;
    this.current();
  }

  /** As it was last looked at. */
  get reading(): Reading {
    return this.#reading;
  }

  /** The files' version, and behind it the number of the last change laid over them. */
  get planningVersion(): string {
    const { version } = this.#reading.plannings;
    return this.#revision ? `${version}+${this.#revision}` : version;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** Other files are in use from now on, under the same changes. */
  replace(next: Reading): void {
    this.#reading = { ...next, overlay: this.#reading.overlay };
    const { flows, plannings } = this.#reading;
    this.#parts.log.info({ flows: flows.version, plannings: plannings.version }, 'published');
    for (const listener of this.#listeners) this.#tell(listener);
  }

  /** Looks for changes first. Whoever listens hears of them after the step that asked; a database that cannot be asked leaves what was known. */
  current(): Reading {
    const { overlay, log } = this.#parts;
    try {
      const now = overlay.revision();
      if (now === this.#revision) return this.#reading;
      const first = this.#revision === undefined;
      this.#reading = { ...this.#reading, overlay: overlay.read() };
      this.#revision = now;
      if (!first) for (const listener of this.#listeners) queueMicrotask(() => this.#tell(listener));
    } catch (error) {
      log.error({ error }, 'the changes of duty cannot be read: those known before stay');
    }
    return this.#reading;
  }

  /** What goes wrong in one who listens is theirs: the others hear of it all the same. */
  #tell(listener: Listener): void {
    try {
      listener(this.#reading);
    } catch (error) {
      this.#parts.log.error({ error }, 'a change of what people edit was not taken in everywhere');
    }
  }
}
