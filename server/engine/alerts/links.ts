// Links that need no login: who may say what of which alert, signed. Nothing of it can be guessed, and it ages.
import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Instant } from '../../base/clock.ts';
import { sameDigest } from '../../base/digest.ts';

/** A link stays good this long: longer than any night, shorter than a lost telephone. */
const goodMs = 7 * 86_400_000;

export type LinkClaim = { alert: string; person: string };

export interface Links {
  /** The token of a link: letters, digits, `-`, `_` and dots. */
  sign(claim: LinkClaim, at: Instant): string;
  /** The claim, or undefined for a token that is not ours or too old. */
  read(token: string, at: Instant): LinkClaim | undefined;
}

/** @param secret at least 32 characters, kept across restarts. */
export function openLinks(secret: string): Links {
  const seal = (body: string): string =>
    createHmac('sha256', secret).update(`vigie-alert-link ${body}`).digest().subarray(0, 18).toString('base64url');
  return {
    sign: ({ alert, person }, at) => {
      const body = Buffer.from(JSON.stringify([alert, person, Math.floor((at + goodMs) / 1000)])).toString('base64url');
      return `${body}.${seal(body)}`;
    },
    read: (token, at) => {
      const [body = '', given = '', ...more] = token.split('.');
      // The text is compared, not what it decodes to: base64 has more than one spelling.
      return more.length === 0 && sameDigest(given, seal(body)) ? readBody(body, at) : undefined;
    },
  };
}

const claim = z.tuple([z.string(), z.string(), z.number()]);

/** The seal was ours, so the body is too: only its age is left to check. */
function readBody(body: string, at: Instant): LinkClaim | undefined {
  const [alert, person, until] = claim.parse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  return at <= until * 1000 ? { alert, person } : undefined;
}
