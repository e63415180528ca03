// Did Twilio send this? Its signature covers the exact public URL and every parameter received. Nothing is done with what fails here.
import twilio from 'twilio';

/** True when one of the tokens made this signature. `path` is the request's path and query, byte for byte. */
export function isSigned(
  tokens: readonly string[],
  publicUrl: string,
  path: string,
  signature: string | undefined,
  params: Record<string, unknown>,
): boolean {
  if (!signature) return false;
  const url = publicUrl.replace(/\/$/, '') + path;
  return tokens.some((token) => twilio.validateRequest(token, signature, url, params));
}
