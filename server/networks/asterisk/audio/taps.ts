// Sound of channels brought to this server, for whoever wants to hear it: who answered a leg, what a caller says. Knows no verdict and no word.
// Each costs a snoop and an external media channel in Asterisk; they live in an application of their own, so that none of their events
// passes for one of a call.
import { messageOf } from '../../../base/errors.ts';
import type { ChannelId } from '../../../domain/telephony/names.ts';
import type { Request } from '../ari/words.ts';
import { closeTap, isTap, joinTap, openTap, type TapName, type TapWanted, tapOf } from './channels.ts';
import { Sounds } from './sounds.ts';

export type TapHooks = {
  /** A-law octets, as they arrive. */
  take(octets: Uint8Array): void;
  /** Once, and nothing comes after it: the sound cannot be had. */
  failed(why: string): void;
};

type Open = { wanted: TapWanted; hooks: TapHooks; missing: Set<ChannelId>; deafen: () => void; asked: boolean };

export class AudioTaps {
  readonly #request: Request;
  /** The Stasis application that the channels live in. */
  readonly #app: string;
  readonly #sounds: Sounds;
  readonly #open = new Map<TapName, Open>();

  /** @param host address of ours that Asterisk can send sound to */
  constructor(request: Request, app: string, host: string) {
    this.#request = request;
    this.#app = app;
    this.#sounds = new Sounds(host);
  }

  /** Opened twice under one name, it stays the first. */
  open(wanted: TapWanted, hooks: TapHooks): void {
    if (this.#open.has(wanted.name)) return;
    const { snoop, media } = tapOf(wanted.name);
    const one: Open = { wanted, hooks, missing: new Set([snoop, media]), deafen: () => {}, asked: false };
    this.#open.set(wanted.name, one);
    this.#ask(one).catch((error) => this.#failed(one, messageOf(error)));
  }

  close(name: TapName): void {
    const one = this.#open.get(name);
    if (!one) return;
    this.#open.delete(name);
    one.deafen();
    if (one.asked) closeTap(this.#request, name);
  }

  /** A channel entered our application. */
  entered(channel: ChannelId): void {
    const one = isTap(channel) ? this.#open.get(channel.slice(0, channel.lastIndexOf('.'))) : undefined;
    if (!one?.missing.delete(channel) || one.missing.size > 0) return;
    void joinTap(this.#request, one.wanted.name).then((joined) => {
      if (!joined) this.#failed(one, 'Asterisk does not join its channels');
    });
  }

  /** The connection is gone, and with it all that was heard. */
  reset(): void {
    for (const { deafen } of this.#open.values()) deafen();
    this.#open.clear();
  }

  stop(): void {
    for (const name of [...this.#open.keys()]) this.close(name);
    this.#sounds.close();
  }

  async #ask(one: Open): Promise<void> {
    const address = await this.#sounds.address();
    if (!this.#isOpen(one)) return;
    one.asked = true;
    const from = await openTap(this.#request, one.wanted, this.#app, address);
    if (!this.#isOpen(one)) return;
    if (from) one.deafen = this.#sounds.hear(from, one.hooks.take);
    else this.#failed(one, 'Asterisk does not give its sound');
  }

  #isOpen = (one: Open): boolean => this.#open.get(one.wanted.name) === one;

  #failed(one: Open, why: string): void {
    if (!this.#isOpen(one)) return;
    this.close(one.wanted.name);
    one.hooks.failed(why);
  }
}
