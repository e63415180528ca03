// The small telephone network: carriers, phones and callers on a real Asterisk of its own, speaking SIP and RTP with the line.
// Used by the tests on the wire and by `make run`. Knows nothing of the product but where it listens for SIP.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ari, type AriEvent } from './ari.ts';
import { readWav, tone } from './audio.ts';
import { PromptBook, type PromptSource } from './book.ts';
import { Carrier, type Credentials } from './carrier.ts';
import { type CarrierAddress, networkFiles } from './config.ts';
import { Line, type Tools } from './line.ts';
import { Phone, Ring } from './phone.ts';
import { freePort } from './ports.ts';
import { type AsteriskHome, findAsterisk, type Running, runFolder, startAsterisk } from './process.ts';
import { type Happening, Story } from './story.ts';

export type NetworkOptions = {
  /** Where the line's Asterisk listens for SIP; it need not be there yet. */
  server: { host: string; port: number };
  /** Folder for configuration and log; a new temporary one unless given. */
  dir?: string;
  home?: AsteriskHome;
  /** Carriers' addresses as the line sees them; free ones on a loopback network of their own unless given. */
  carriers?: { a: { host: string; port: number }; b: { host: string; port: number } };
  /** A third carrier, which asks for these credentials at each call, as Twilio's SIP trunks do. */
  third?: Credentials;
  prompts?: PromptSource;
  /** WAV of the music on hold, to be recognised. */
  music?: string;
  /** Told of each thing that happens, as it does. */
  onHappening?: (happening: Happening) => void;
  progress?: (what: string) => void;
};

export type CallOptions = {
  /** Number shown; nothing for a caller who hides it. */
  from?: string;
  /** Name shown beside it. */
  name?: string;
  to: string;
  via?: 'a' | 'b';
  /** Number that forwarded the call to the line. */
  diversion?: string;
  /** Further SIP headers, as they are: hostile ones too. */
  headers?: Record<string, string>;
};

/** A caller's side of a call. */
export class Caller extends Line {
  readonly #carrier: Carrier;
  #callId = '';

  constructor(id: string, who: string, tools: Tools, carrier: Carrier) {
    super(id, who, tools);
    this.#carrier = carrier;
  }

  async dials(): Promise<void> {
    await this.tools.ari.request('POST', `channels/${this.id}/dial`, { timeout: 600 });
    this.#callId = await this.tools.ari.variable(this.id, 'CHANNEL(pjsip,call-id)').catch(() => '');
  }

  /** The final SIP status of its INVITE, once there is one. */
  get sipStatus(): number | undefined {
    return this.#carrier.finalStatus(this.#callId);
  }
}

/** Starts the network; ready for calls when it resolves. @throws with one sentence and the mend. */
export async function startNetwork(options: NetworkOptions): Promise<Network> {
  const home = options.home ?? findAsterisk();
  const dir = options.dir ? resolve(options.dir) : mkdtempSync(join(tmpdir(), 'vigie-network-'));
  mkdirSync(dir, { recursive: true });
  const hosts = await loopbackHosts();
  const ari = { host: hosts.ari, port: await freePort(hosts.ari), password: crypto.randomUUID() };
  const addresses: CarrierAddress[] = await Promise.all(
    [...(['a', 'b'] as const), ...(options.third ? (['third'] as const) : [])].map(async (name) => ({
      name,
      outside: (name === 'third' ? undefined : options.carriers?.[name]) ?? { host: hosts[name], port: 5060 },
      inside: { host: hosts[`${name}Inside`], port: 5060 },
    })),
  );
  options.progress?.('starting the telephone network');
  const run = runFolder();
  const files = networkFiles({
    dir,
    run,
    modules: home.modules,
    available: home.available,
    data: home.data,
    ari,
    carriers: addresses,
  });
  const client = new Ari(ari);
  const carriers = await Promise.all(addresses.map((address) => Carrier.open(address, options.server)));
  try {
    const asterisk = await startAsterisk(home, { dir, run, files }, () => client.ready());
    await client.listen();
    return new Network(options, { dir, asterisk, ari: client, host: hosts.ari, carriers });
  } catch (error) {
    for (const carrier of carriers) carrier.close();
    throw error;
  }
}

/** Addresses of one 127.x.y network that nobody uses: every instance has its own, so several live side by side. */
async function loopbackHosts() {
  for (let attempt = 0; attempt < 50; attempt++) {
    const net = `127.${1 + Math.floor(Math.random() * 250)}.${Math.floor(Math.random() * 250)}`;
    const hosts = {
      a: `${net}.1`,
      b: `${net}.2`,
      third: `${net}.3`,
      ari: `${net}.20`,
      aInside: `${net}.11`,
      bInside: `${net}.12`,
      thirdInside: `${net}.13`,
    };
    const free = await Promise.all(
      [hosts.a, hosts.b, hosts.third, hosts.aInside, hosts.bInside, hosts.thirdInside].map((host) =>
        udpIsFree(host, 5060),
      ),
    );
    if (free.every(Boolean)) return hosts;
  }
  throw new Error(
    'port 5060/udp is taken on every loopback address: something listens on 0.0.0.0:5060; stop it and try again',
  );
}

async function udpIsFree(host: string, port: number): Promise<boolean> {
  const { createSocket } = await import('node:dgram');
  return new Promise((done) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => done(false)));
    socket.bind(port, host, () => socket.close(() => done(true)));
  });
}

type Parts = { dir: string; asterisk: Running; ari: Ari; host: string; carriers: Carrier[] };

export class Network {
  readonly carriers: { a: Carrier; b: Carrier; third?: Carrier };
  readonly story = new Story();
  readonly dir: string;
  readonly #parts: Parts;
  /** The folder was given, so what is in it is somebody's. */
  readonly #keepsDir: boolean;
  readonly #tools: Tools;
  readonly #lines = new Map<string, Line>();
  readonly #phones = new Map<string, Phone>();
  #calls = 0;

  constructor(options: NetworkOptions, parts: Parts) {
    const [a, b, third] = parts.carriers;
    if (!a || !b) throw new Error('a network has two carriers');
    this.carriers = { a, b, ...(third ? { third } : {}) };
    if (third && options.third) third.asks = options.third;
    this.dir = parts.dir;
    this.#parts = parts;
    this.#keepsDir = options.dir !== undefined;
    const book = new PromptBook(options.prompts ?? {}, options.music);
    this.#tools = { ari: parts.ari, host: parts.host, story: this.story, book };
    if (options.onHappening) this.story.on('happening', options.onHappening);
    parts.ari.on('event', (event) => this.#happened(event));
  }

  /** Waits until `check` holds: it is asked at each event, and often in between. */
  sees<T>(what: string, check: () => T | undefined | false): Promise<T> {
    return this.story.until(what, check);
  }

  carrier = (name: 'a' | 'b'): Carrier => this.carriers[name];

  /** The phone with this number (E.164), made at the first mention. Numbers nobody mentioned do not exist (404). */
  phone(number: string, name?: string): Phone {
    const known = this.#phones.get(number);
    if (known) return known;
    const phone = new Phone(number, name ?? number, this.#tools, () => this.#greeting());
    this.#phones.set(number, phone);
    return phone;
  }

  get phones(): Phone[] {
    return [...this.#phones.values()];
  }

  /** Places a call: a real INVITE from the carrier to the line. Resolves when it has been sent. */
  async call({ from, name, to, via = 'a', diversion, headers = {} }: CallOptions): Promise<Caller> {
    const id = `caller-${process.pid}-${++this.#calls}`;
    const caller = new Caller(id, `caller ${from ?? 'without a number'}`, this.#tools, this.carriers[via]);
    this.#lines.set(id, caller);
    this.story.tell(caller.who, `calls ${to} by carrier ${via}`);
    await caller.prepareSound();
    const sent = {
      ...headers,
      ...(diversion ? { Diversion: `<sip:${diversion}@${this.carriers[via].address}>;reason=unconditional` } : {}),
    };
    const variables = {
      ...(from === undefined ? { 'CONNECTEDLINE(pres,i)': 'prohib' } : { 'CONNECTEDLINE(num,i)': from }),
      ...(name === undefined ? {} : { 'CONNECTEDLINE(name,i)': name, 'CONNECTEDLINE(name-pres,i)': 'allowed' }),
      ...Object.fromEntries(Object.entries(sent).map(([header, value]) => [`PJSIP_HEADER(add,${header})`, value])),
    };
    const there = this.#tools.ari.next((event) => event.type === 'StasisStart' && event.channel?.id === id);
    await this.#tools.ari.request(
      'POST',
      'channels/create',
      { endpoint: `PJSIP/${to}@${via}`, app: 'network', appArgs: 'caller', channelId: id, formats: 'alaw' },
      variables,
    );
    await there;
    await caller.joinSound();
    await caller.dials();
    return caller;
  }

  /** From now on this number is the line's, and calls to it are brought there by that carrier, whoever places them; without one it is nobody's. */
  async brings(number: string, via?: 'a' | 'b'): Promise<void> {
    await this.#set(`OWN_${number.replace(/\D/g, '')}`, via ?? '');
  }

  /** What becomes of such calls on the way: another number shown, sound lost from the caller (`in`) or to the caller (`out`). */
  async spoils({ shows = '', mute = '' }: { shows?: string; mute?: 'in' | 'out' | '' }): Promise<void> {
    await Promise.all([this.#set('OWN_SHOWS', shows), this.#set('OWN_MUTE', mute)]);
  }

  readonly #set = (variable: string, value: string) =>
    this.#tools.ari.request('POST', 'asterisk/variable', { variable, value });

  /** Ends every call, Asterisk and every socket: nothing is left behind. */
  async stop(): Promise<void> {
    const { ari, asterisk, carriers } = this.#parts;
    ari.close();
    await asterisk.stop();
    for (const carrier of carriers) carrier.close();
    if (!this.#keepsDir) rmSync(this.dir, { recursive: true, force: true });
  }

  #happened(event: AriEvent): void {
    if (event.type === 'TextMessageReceived') this.#texted(event);
    if (event.type === 'StasisStart' && event.args?.[0] === 'arrival') this.#arrival(event);
    const channel = event.type === 'Dial' ? event.peer : event.channel;
    if (channel) this.#lines.get(channel.id)?.happened(event);
    if (event.type === 'ChannelDestroyed' && channel) this.#lines.delete(channel.id);
  }

  /** SIP MESSAGEs that the line sent, oldest first. */
  readonly texts: { to: string; from: string; body: string; via: string }[] = [];

  #texted({ message, endpoint }: AriEvent): void {
    const user = (uri: string) => /sips?:([^@;>]+)@/.exec(uri)?.[1] ?? uri;
    if (!message) return;
    const text = { to: user(message.to), from: user(message.from), body: message.body, via: endpoint?.resource ?? '' };
    this.texts.push(text);
    this.story.tell(text.to, `is sent « ${text.body} » by carrier ${text.via}`);
  }

  /** Somebody writes to a number of the line: a real MESSAGE from the carrier. */
  async text({
    from,
    to,
    body,
    via = 'a',
  }: {
    from: string;
    to: string;
    body: string;
    via?: 'a' | 'b';
  }): Promise<void> {
    const { address } = this.carriers[via];
    this.story.tell(from, `writes « ${body} »`);
    await this.#tools.ari.request('PUT', 'endpoints/sendMessage', {
      to: `pjsip:${via}/sip:${to}@${address}:${this.carriers[via].port}`,
      from: `sip:${from}@${address}`,
      body,
    });
  }

  /** The line calls a number: its phone's business, or nobody's. */
  #arrival({ channel, args = [] }: AriEvent): void {
    if (!channel) return;
    const [, carrier = '', dialled = '', callId = ''] = args;
    const phone = this.#phones.get(e164(dialled));
    if (!phone) {
      this.story.tell(dialled, `is called, by carrier ${carrier}: there is no such number`);
      void this.#tools.ari.tell('DELETE', `channels/${channel.id}`, { reason_code: 1 }).catch(this.#complain);
      return;
    }
    const ring = new Ring(channel.id, phone.name, this.#tools, { carrier, shows: channel.caller.number, callId });
    this.#lines.set(channel.id, ring);
    phone.called(ring).catch((error: Error) => (ring.isOver ? undefined : this.#complain(error)));
  }

  readonly #complain = (error: Error) => this.story.tell('the network', `failed: ${error.message}`);

  /** A voicemail's words, spoken once and kept; a plain sound where this machine has no voice. */
  async #greeting(): Promise<Int16Array> {
    const file = join(this.dir, 'greeting.wav');
    const voice =
      [process.env.VIGIE_ESPEAK, resolve('.tools/espeak-ng')].find((path) => path && existsSync(path)) ?? 'espeak-ng';
    const words =
      'Bonjour, vous êtes bien sur la messagerie de votre correspondant. Je ne suis pas disponible pour le moment. Laissez un message après le bip.';
    if (!existsSync(file)) await promisify(execFile)(voice, ['-v', 'fr', '-w', file, words]).catch(() => undefined);
    return existsSync(file) ? readWav(readFileSync(file)) : tone(350, 4000);
  }
}

/** As the plan of a French carrier reads a dialled number. */
const e164 = (dialled: string): string =>
  dialled
    .replace(/^00(?=\d)/, '+')
    .replace(/^0(?=[1-9]\d{8}$)/, '+33')
    .replace(/^(?=33\d{9}$)/, '+');
