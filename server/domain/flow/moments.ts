// An instant as it is said aloud, in the line's local time: « hier à 22 heures 10 », "yesterday at 22:10".
import type { Instant } from '../../base/clock.ts';
import { zoned } from './hours.ts';

const days = {
  fr: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
  en: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
};
const months = {
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' '),
  en: 'January February March April May June July August September October November December'.split(' '),
};
const near = { fr: ['hier', "aujourd'hui", 'demain'], en: ['yesterday', 'today', 'tomorrow'] };

/** @param at the instant told @param now when it is told, both in ms */
export function momentWords(at: Instant, now: Instant, zone: string, language: string): string {
  const tongue = language.startsWith('fr') ? 'fr' : 'en';
  const [then, today] = [zoned(at, zone), zoned(now, zone)];
  const away = today.toPlainDate().until(then.toPlainDate()).days;
  const month = months[tongue][then.month - 1];
  const first = tongue === 'fr' && then.day === 1 ? '1er' : then.day;
  const day = near[tongue][away + 1] ?? `${days[tongue][then.dayOfWeek - 1]} ${first} ${month}`;
  const minutes = String(then.minute).padStart(2, '0');
  if (tongue === 'en') return `${day} at ${then.hour}:${minutes}`;
  const hours = `${then.hour} heure${then.hour > 1 ? 's' : ''}`;
  return `${day} à ${then.minute === 0 ? hours : `${hours} ${minutes}`}`;
}
