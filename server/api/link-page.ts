// The page behind a signed link: what the alert is about and one button. No script, no login: any telephone can show it.
import { type Alert, isOver, type Someone } from '../alert/alert.ts';
import { sayNumber } from '../alert/words.ts';

const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
  body { font: 1.15rem/1.5 system-ui, sans-serif; margin: 0 auto; padding: 1.5rem; max-width: 30rem; color: #1b1b1b; background: #fff }
  button { font: inherit; font-weight: 700; width: 100%; padding: 1.1rem; border: 0; border-radius: .6rem; color: #fff; background: #0b5d1e }
  .big { font-size: 1.4rem; font-weight: 700 } a { color: #0b3d91 }
</style></head><body>${body}</body></html>
`;

/** `undefined`: the link is wrong or too old. @param who the person the link was sent to */
export function linkPage(alert: Alert | undefined, who: Someone | undefined): string {
  if (!alert || !who)
    return page(
      'Lien expiré',
      '<p class="big">Ce lien n’est plus valable.</p><p>Répondez au SMS, ou appelez la ligne d’astreinte.</p>',
    );
  const title = `Alerte ${alert.n}`;
  return page(title, `<h1>${title}</h1><p>${safe(alert.reason)}</p>${caller(alert)}${state(alert, who)}`);
}

const caller = ({ about }: Alert): string =>
  about.caller ? `<p>Appelant : <a href="tel:${safe(about.caller)}">${safe(sayNumber(about.caller))}</a></p>` : '';

function state(alert: Alert, who: Someone): string {
  if (isOver(alert)) return `<p class="big">Cette alerte est close.</p>`;
  if (!alert.holder)
    return `<form method="post"><button>Je m’en occupe</button></form><p>${safe(who.name)}, un appui suffit : les rappels s’arrêtent et les autres sont prévenus.</p>`;
  const mine = alert.holder.person === who.person;
  return mine
    ? `<p class="big">C’est noté : cette alerte est à vous.</p>`
    : `<p class="big">${safe(alert.holder.name)} s’en occupe déjà.</p>`;
}
