// What the line says by itself when it reads digits back.
import { tongueOf } from '../../tongue.ts';

/** Before the digits, and after them. */
export const readBackWords = tongueOf<readonly [before: string, after: string]>({
  fr: ['Vous avez tapé', 'Pour confirmer, tapez 1. Pour corriger, tapez 2.'],
  en: ['You keyed', 'To confirm, press 1. To correct, press 2.'],
});
