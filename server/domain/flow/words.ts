// What the line says by itself, in French and English, outside of any node. Files may replace some of it; nothing here names a company.
import { tongueOf } from './tongue.ts';

/** The wording for a language. */
export const wordsIn = tongueOf({
  fr: {
    /** To whoever called a number that is none of ours. */
    stranger: "Ce numéro n'est pas en service. Merci de vérifier le numéro composé. Au revoir.",
    /** When a flow cannot go on. */
    trouble: 'Nous ne pouvons pas traiter votre appel. Merci de rappeler dans quelques instants.',
    waiting: "Merci de patienter, nous appelons la personne d'astreinte.",
    /** To a technician whom the line rings, so that they call a customer back. */
    callBackAsked: 'Rappel demandé. Vous allez appeler le',
    callBackQuestion: 'Pour lancer cet appel, tapez 1. Pour renoncer, 2. Pour réécouter, étoile.',
    customerAbsent: "Votre correspondant ne répond pas. L'appel est terminé.",
  },
  en: {
    stranger: 'This number is not in service. Please check the number you dialled. Goodbye.',
    trouble: 'We cannot handle your call. Please call again in a moment.',
    waiting: 'Please hold, we are calling the person on duty.',
    callBackAsked: 'A call back was requested. You are about to call',
    callBackQuestion: 'To make this call, press 1. To give up, 2. To hear this again, star.',
    customerAbsent: 'The person you called does not answer. This call is over.',
  },
});
