// What the line says by itself to the person rung.
import { tongueOf } from '../../tongue.ts';

export const dialWords = tongueOf({
  fr: {
    callFrom: "Appel d'astreinte de",
    hiddenCaller: "Appel d'astreinte d'un numéro masqué.",
    onLine: 'Ligne : {line}.',
    question: "Pour prendre l'appel, tapez 1. Pour refuser, 2. Pour réécouter, étoile.",
    taken: "Cet appel vient d'être pris par un collègue. Merci.",
  },
  en: {
    callFrom: 'On-call request from',
    hiddenCaller: 'On-call request from a hidden number.',
    onLine: 'Line: {line}.',
    question: 'To take the call, press 1. To decline, 2. To hear this again, star.',
    taken: 'A colleague has just taken this call. Thank you.',
  },
});
