// The door of what changes something over HTTP: `Authorization: Bearer $VIGIE_API_TOKEN`.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

/** No token, no door; a wrong one changes nothing. */
export function allowed({ token }: { token?: string }) {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return (request: Request, response: Response, next: NextFunction): void => {
    if (token === undefined) return void response.status(403).json({ error: 'set VIGIE_API_TOKEN to allow this' });
    const given = digest(request.headers.authorization ?? '');
    if (!timingSafeEqual(given, digest(`Bearer ${token}`)))
      return void response.status(401).json({ error: 'the token is missing or wrong' });
    next();
  };
}
