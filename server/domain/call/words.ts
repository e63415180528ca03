// How numbers, durations and causes are said in French to the people who read a call. Pure words.
import type { Cause } from '../telephony/hangup.ts';
import type { PhoneNumber } from '../telephony/names.ts';

/** `+33612345678` → `06 12 34 56 78`; other countries as they are; the hidden number has its word. */
export function frenchNumber(number: PhoneNumber): string {
  if (number === '') return 'numéro masqué';
  const national = /^\+33(\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(number);
  return national ? `0${national[1]} ${national.slice(2).join(' ')}` : number;
}

/** `4 min 12 s`, `25 s`, `1 h 02 min`; tenths below ten seconds would be noise. */
export function frenchDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}

export const outcomes = {
  talked: 'mis en relation',
  message: 'message laissé',
  told: 'informé',
  'hung-up': 'a raccroché',
  lost: 'appel perdu',
} as const;

export const causes: Record<Cause, string> = {
  'answered-elsewhere': 'un collègue a pris l’appel',
  normal: 'raccroché',
  busy: 'occupé',
  'no-answer': 'pas de réponse',
  declined: 'refuse',
  'not-confirmed': 'décroche sans prendre l’appel (répondeur ?)',
  machine: 'un répondeur décroche',
  occupied: 'déjà en ligne sur un autre appel',
  unavailable: 'téléphone éteint ou hors réseau',
  unallocated: 'ce numéro n’existe pas',
  'bad-number': 'numéro mal formé',
  forbidden: 'refusé par l’opérateur',
  congestion: 'opérateur saturé',
  unreachable: 'opérateur injoignable',
  media: 'aucun codec commun',
  'refused-by-policy': 'interdit par nos règles',
  lost: 'perdu de vue',
  unknown: 'échec inexpliqué',
};
