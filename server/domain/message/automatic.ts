// What a telephone writes by itself: a reaction to a message, the answer for somebody who drives. Nobody said it, so it is no answer. Pure.

/** « A aimé « Alerte 1 … » », « Reacted 👍 to “…” », « 👍 à « … » »: a verb or a sign, and the message it is about, quoted. */
const reaction = new RegExp(
  [
    '^(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \\S+ to|removed an? .{1,40} from|\\p{Extended_Pictographic}[\\p{M}\\p{Cf}\\p{Emoji_Modifier}]*\\s*(?:to|à|a))\\s*["“”«\']',
    "^(?:n['’]?a pas aimé|(?:a|vous avez|j['’]ai)\\s+(?:aimé|adoré|détesté|souligné|ri de|ri à|rigolé à|mis en évidence|interrogé|posé une question sur|réagi (?:avec )?\\S+ à|supprimé .{1,40}|retiré .{1,40}))\\s*(?:de|à|sur)?\\s*[\"“”«']",
  ].join('|'),
  'iu',
);

const quoteEnd = /["”»'’…]$/u;

/** Whole sentences that telephones send for somebody who drives or sleeps; whoever adds a word of their own wrote it themselves. */
const sentences = [
  'je (?:suis en train de )?condui[rst]+e?',
  'je suis au volant',
  'je conduis avec .{0,60} activée?s?',
  'je suis au volant et .{0,60} est activée?',
  'je (?:verrai|lirai) votre message (?:quand|lorsque|une fois|dès que) .{0,60}',
  'je ne (?:reçois|recois) pas (?:de|les|vos) notifications.{0,200}',
  "s['’]il s['’]agit d['’]une urgence.{0,200}",
  "(?:i['’]m|i am) driving(?: right now| at the moment)?",
  "i['’]?m driving with .{0,60} turned on",
  "i['’]?ll see your message when .{0,60}",
  "i['’]?m not receiving notifications.{0,200}",
  'if this is urgent.{0,200}',
];
const said = new RegExp(`^(?:${sentences.map((one) => `(?:${one})`).join('|')})$`, 'iu');
const marked =
  /^[[(*-]*\s*(?:réponse auto(?:matique)?|message automatique|absence du bureau|automatic (?:reply|response)|auto(?:matic)?[- ]?reply|out of office)\b/iu;

/** Reactions quote what they are about, and answers of machines are whole sentences known from telephones. */
export function isAutomatic(given: string): boolean {
  const text = given
    .normalize('NFC')
    .replace(/[\u200b-\u200f\u2060-\u2064\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (marked.test(text) || (reaction.test(text) && quoteEnd.test(text))) return true;
  const parts = text
    .replace(/^[[(]+|[\])]+$/g, '')
    .split(/(?<=[.!?…])\s+|\s*[()]\s*/u)
    .map((part) => part.replace(/[\s.!?…)\]]+$/u, '').trim())
    .filter((part) => part !== '');
  return parts.length > 0 && parts.every((part) => said.test(part));
}

/** Signs alone, such as a thumb: nobody can say what is meant. */
export const isSignAlone = (text: string): boolean =>
  text.trim() !== '' && !/[\p{L}\p{N}]/u.test(text.replace(/\uFE0F?\u20E3/g, '1'));
