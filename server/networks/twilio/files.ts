// What Twilio fetches without a signature: audio, and the document for when this server does not answer, which names who is on call. Their
// names are sealed (names.ts): nobody asks for what we have not named, and nothing is computed for whoever tries.
import { type Request, type Response, Router } from 'express';
import { root } from './links.ts';
import type { Media } from './media.ts';
import { nothing } from './requests.ts';

const names = ['audio', 'fallback'] as const;

/** True for the paths that stand open here. */
export const isOfFiles = (path: string): boolean => names.some((name) => path.startsWith(`${root}/${name}/`));

/** @param fallback a document for when this server does not answer, as it stands now */
export function files(media: Media, fallback: (name: string) => string | undefined): Router {
  const router = Router();
  router.get(`${root}/audio/:name`, (request, response) => play(media, request, response));
  router.all(`${root}/fallback/:name`, (request, response) => {
    const document = fallback(String(request.params.name));
    response
      .status(document === undefined ? 404 : 200)
      .type('text/xml')
      .send(document ?? nothing);
  });
  router.use(root, (_request, response) => refuse(response, 404));
  return router;
}

/** Never text/plain: Twilio would read it aloud. */
const refuse = (response: Response, status: number): void =>
  void response.status(status).type('text/xml').send(nothing);

/** What a name of ours stands for never changes, so it may be kept for ever. */
function play(media: Media, request: Request, response: Response): void {
  const found = media.find(String(request.params.name));
  if (!found) return void refuse(response, 404);
  response.set('Cache-Control', 'public, max-age=31536000, immutable').type('audio/wav');
  if ('path' in found) {
    const failed = (error: unknown) => error && !response.headersSent && refuse(response, 404);
    return void response.sendFile(found.path, { dotfiles: 'allow' }, failed);
  }
  response.set('Content-Length', String(found.bytes.reduce((sum, { length }) => sum + length, 0)));
  for (const part of found.bytes) response.write(part);
  response.end();
}
