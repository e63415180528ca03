// `vigie pin`: the hash of a PIN, to be put into people.yaml. The PIN itself is shown and kept nowhere.
import { text } from 'node:stream/consumers';
import { hash } from '@node-rs/argon2';
import { pinWeakness } from '../domain/planning/pin.ts';
import { type Run, terminal } from './command.ts';

export type PinIo = { out: (text: string) => void; err: (text: string) => void; read: () => Promise<string> };

/** argon2id at the memory and time that OWASP recommends (19 MiB, 2 passes). */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** @returns 0 the hash is on stdout, 2 the PIN cannot be used. */
export async function pin(args: string[], io: PinIo): Promise<0 | 2> {
  if (args.length > 0) return refuse(io, 'a PIN on the command line stays in its history: give it on stdin');
  const given = (await io.read()).trim();
  const why = pinWeakness(given);
  if (why) return refuse(io, why);
  io.out(await hash(given, cost));
  return 0;
}

function refuse(io: PinIo, why: string): 2 {
  io.err(`vigie pin: ${why}; usage: echo 739154 | vigie pin`);
  return 2;
}

export const run: Run = (args) => pin(args, { ...terminal, read: () => text(process.stdin) });
