// A way in over HTTP that stands before all others: it answers what is its own, and lets everything else pass.
import type { IncomingMessage, ServerResponse } from 'node:http';

export type Door = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
