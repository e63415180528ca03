// What Twilio fetches without a signature: audio, and the document for when this server does not answer, which names who is on call. Their
// names are sealed (names.ts): nobody asks for what we have not named, and nothing is computed for whoever tries.
import { z } from 'zod';
import { type Reply, type Route, route } from '../../base/route.ts';
import { root } from './links.ts';
import type { Media } from './media.ts';
import { nothing } from './requests.ts';

const names = ['audio', 'fallback'] as const;

/** True for the paths that stand open here. */
export const isOfFiles = (path: string): boolean => names.some((name) => path.startsWith(`${root}/${name}/`));

const params = z.object({ name: z.string() });
/** Never text/plain: Twilio would read it aloud. */
const missing: Reply = { status: 404, text: nothing, type: 'text/xml' };

/** @param fallback a document for when this server does not answer, as it stands now */
export const files = (media: Media, fallback: (name: string) => string | undefined): Route[] => [
  route({
    method: 'GET',
    path: `${root}/audio/:name`,
    access: { who: 'anyone', because: 'Twilio fetches it unsigned, under a sealed name' },
    hosts: 'any',
    params,
    handle: ({ params: { name } }) => audio(media, name),
  }),
  route({
    method: ['GET', 'POST'],
    path: `${root}/fallback/:name`,
    access: { who: 'anyone', because: 'Twilio fetches it when signatures may be what fails, under a sealed name' },
    hosts: 'any',
    params,
    handle({ params: { name } }) {
      const document = fallback(name);
      return document === undefined ? missing : { text: document, type: 'text/xml' };
    },
  }),
];

/** What a name of ours stands for never changes, so it may be kept for ever. */
function audio(media: Media, name: string): Reply {
  const found = media.find(name);
  if (!found) return missing;
  const headers = { 'Cache-Control': 'public, max-age=31536000, immutable' };
  const type = 'audio/wav';
  return 'path' in found ? { headers, type, file: found.path } : { headers, type, bytes: found.bytes };
}
