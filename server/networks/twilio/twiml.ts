// TwiML as text: elements, attributes, words. Which element may stand where it does not know: the tests hold every document that is
// returned against the types of Twilio's own builder, which takes ten times as long to write the same.

/** Absent where undefined; a list is written with spaces. */
type Value = string | number | boolean | readonly string[] | undefined;
/** A written element, or escaped words. */
export type Twiml = { readonly xml: string };

/** White space in an attribute would else be read as a mere space. */
const signs: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};
/** XML 1.0 has no way to write these. */
const unwritable = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const escaped = (text: string): string =>
  text.replace(unwritable, '').replace(/[&<>"\t\n\r]/g, (sign) => signs[sign] ?? sign);

/** Words, as they are to be read: nothing in them is taken for an element. */
export const words = (text: string): Twiml => ({ xml: escaped(text) });

export function element(name: string, attributes: Readonly<Record<string, Value>>, ...inside: readonly Twiml[]): Twiml {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) open += ` ${key}="${escaped(Array.isArray(value) ? value.join(' ') : String(value))}"`;
  const body = inside.map(({ xml }) => xml).join('');
  return { xml: body === '' ? `${open}/>` : `${open}>${body}</${name}>` };
}

export const hangup = element('Hangup', {});
export const pause = (length: number): Twiml => element('Pause', { length });
export const play = (url: string): Twiml => element('Play', {}, words(url));
export const say = (language: string, text: string): Twiml => element('Say', { language }, words(text));
/** Goes on with the document at this address. */
export const redirect = (url: string): Twiml => element('Redirect', { method: 'POST' }, words(url));

/** The whole document. */
export const response = (...verbs: readonly Twiml[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>${element('Response', {}, ...verbs).xml}`;
