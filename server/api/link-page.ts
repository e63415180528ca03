// The page behind a signed link: what the alert is about and the one button that is due. No script, no login: any telephone can show it.
import { type Alert, isOver } from '../domain/alert/alert.ts';
import { alertWords, sayNumber } from '../domain/alert/words.ts';

/** The person the link was sent to; `language` is theirs. */
export type Reader = { person: string; name: string; language: string };

const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (language: string, title: string, body: string): string => `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { font: 1.15rem/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 30rem; color: #1b1b1b; background: #fff }
  button { font: inherit; font-weight: 700; width: 100%; padding: 1.1rem; border: 0; border-radius: .6rem; color: #fff; background: #0b5d1e }
  .big { font-size: 1.4rem; font-weight: 700 } a { color: #0b3d91 }
</style></head><body>${body}</body></html>
`;

/** `undefined`: the link is wrong or too old, so its reader is not known either: both languages. */
export function linkPage(alert: Alert | undefined, reader: Reader | undefined): string {
  if (!alert || !reader) return page('fr', 'Lien expiré / Link expired', expired);
  const words = alertWords(reader.language);
  const title = words.subject(alert.n);
  const { caller } = alert.about;
  const who = caller ? `<p>${words.from(`<a href="tel:${safe(caller)}">${safe(sayNumber(caller))}</a>`)}</p>` : '';
  const body = `<h1>${title}</h1><p>${safe(alert.reason)}</p>${who}${state(alert, reader)}`;
  return page(words.language, title, body);
}

const expired = `<p class="big">Ce lien n’est plus valable.</p><p>Répondez au SMS, ou appelez la ligne d’astreinte.</p>
<p lang="en">This link is no longer good. Reply to the SMS, or call the on-call line.</p>`;

function state(alert: Alert, { person, name, language }: Reader): string {
  const { n, holder } = alert;
  const { page: words, done } = alertWords(language);
  if (isOver(alert)) return big(done(n));
  if (!holder) return `${button('take', words.take)}<p>${safe(words.how(name))}</p>`;
  if (holder.person !== person) return big(words.other(n, holder.name));
  return `${big(words.yours(n))}${button('close', words.close)}`;
}

const button = (act: 'take' | 'close', text: string): string =>
  `<form method="post"><button name="act" value="${act}">${text}</button></form>`;

const big = (text: string): string => `<p class="big">${safe(text)}</p>`;
