// An HTTP route as data: where it is, who may use it, what it takes, what it answers. Knows no server; api/server.ts serves what is declared here.
import { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A request as it came: nothing of it is to be believed before a schema has read it. */
export type Asked = { headers: Headers; params: unknown; query: unknown; body: unknown };

/**
 * Who may use a route. There is no default: one that does not say it keeps the server from starting.
 * - `anyone`: open, for a reason that a reader of the list should know;
 * - `token`: `Authorization: Bearer $VIGIE_API_TOKEN`;
 * - `this-machine`: over loopback, not through a proxy; with the token from elsewhere;
 * - `signed`: whoever holds what `proof` recognises (a signed link, a provider's key); `refusal` is their answer otherwise (403).
 */
export type Access =
  | { who: 'anyone'; because: string }
  | { who: 'token' }
  | { who: 'this-machine' }
  | { who: 'signed'; by: string; proof(asked: Asked): boolean; refusal?: Reply };

export type Reply = { status?: number; headers?: Readonly<Record<string, string>> } & (
  | { json: unknown }
  | { text: string; type: string }
  /** One after the other. */
  | { bytes: readonly Uint8Array[]; type: string }
  /** An absolute path. */
  | { file: string; type: string }
  | { empty: true }
);

export type Route = {
  methods: readonly Method[];
  path: string;
  access: Access;
  /** Whom the request may be addressed to: this server's own names unless a signature proves more than a name does. */
  hosts: 'own' | 'any';
  body: { most: number; forms: boolean } | undefined;
  handle(asked: Asked): Reply | Promise<Reply>;
};

type Declared<P, Q, B> = {
  method: Method | readonly Method[];
  /** As Express writes it: `/api/calls/:id`. */
  path: string;
  access: Access;
  hosts?: 'any';
  /** What does not fit is a path that is not there (404). */
  params?: z.ZodType<P>;
  /** What does not fit is told (400). */
  query?: z.ZodType<Q>;
  body?: z.ZodType<B>;
  /** Largest body in bytes. */
  most?: number;
  /** Forms are read as well as JSON. */
  forms?: true;
  handle(asked: { params: P; query: Q; body: B; headers: Headers }): Reply | Promise<Reply>;
};

const usualMost = 16 * 1024;

/** Declares a route: `handle` sees nothing that its schemas have not read. */
export function route<P = undefined, Q = undefined, B = undefined>(declared: Declared<P, Q, B>): Route {
  const { method, path, access, hosts = 'own', most = usualMost, forms = false } = declared;
  return {
    methods: typeof method === 'string' ? [method] : method,
    path,
    access,
    hosts,
    body: declared.body ? { most, forms } : undefined,
    handle: (asked) => parsed(declared, asked),
  };
}

function parsed<P, Q, B>({ params, query, body, handle }: Declared<P, Q, B>, asked: Asked): Reply | Promise<Reply> {
  const place = read(params, asked.params);
  if (!place.success) return refused(404, place.error.issues[0]?.message ?? 'there is nothing here');
  const question = read(query, asked.query);
  if (!question.success) return refused(400, z.prettifyError(question.error));
  const words = read(body, asked.body ?? {});
  if (!words.success) return refused(400, z.prettifyError(words.error));
  return handle({ params: place.data, query: question.data, body: words.data, headers: asked.headers });
}

/** Without a schema nothing is read, and `T` is undefined. */
const read = <T>(schema: z.ZodType<T> | undefined, given: unknown): z.ZodSafeParseResult<T> =>
  schema ? schema.safeParse(given) : { success: true, data: undefined as T };

/** An answer that says in one sentence what is wrong. */
export const refused = (status: number, error: string, more: object = {}): Reply => ({
  status,
  json: { error, ...more },
});

/** `GET /api/calls/:id`. */
export const nameOf = ({ methods, path }: Route): string => `${methods.join('|')} ${path}`;
