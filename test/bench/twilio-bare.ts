// The limit that webhooks are held against: a bare Express handler that checks the signature and returns one document, in a process of its own.
import type { AddressInfo } from 'node:net';
import express from 'express';
import twilio from 'twilio';

const [token = '', document = ''] = process.argv.slice(2);
const app = express();
app.disable('x-powered-by');
app.post('/twilio/voice', express.urlencoded({ extended: false }), (request, response) => {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${request.originalUrl}`;
  const signed = twilio.validateRequest(token, request.get('x-twilio-signature') ?? '', url, request.body ?? {});
  response
    .status(signed ? 200 : 403)
    .type('text/xml')
    .send(signed ? document : '<Response/>');
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
