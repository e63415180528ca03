// Names of what Twilio fetches without a signature: each carries a seal, so that nobody can ask for what we have not named ourselves.
import { createHmac } from 'node:crypto';
import { sameDigest } from '../../base/digest.ts';

export interface Names {
  /** `stem` and a seal, as a file name. */
  sealed(stem: string, kind: Kind): string;
  /** The stem of a name of ours; undefined for any other. */
  read(name: string): string | undefined;
}
type Kind = 'wav' | 'xml';

const shape = /^([A-Za-z0-9_-]{1,400})-([0-9a-f]{32})\.(?:wav|xml)$/;

/** @param tokens the account's: while they are rotated, names sealed by either are read */
export function namesFor(tokens: readonly [string, ...string[]]): Names {
  return {
    sealed: (stem, kind) => `${stem}-${sealOf(tokens[0], stem)}.${kind}`,
    read: (name) => {
      const [, stem = '', seal = ''] = shape.exec(name) ?? [];
      return tokens.some((token) => sameDigest(seal, sealOf(token, stem))) ? stem : undefined;
    },
  };
}

const sealOf = (token: string, stem: string): string =>
  createHmac('sha256', token).update(`vigie-name ${stem}`).digest('hex').slice(0, 32);
