// What a failed test means, and what to do about it, for people. French first.
import type { Fault } from './test.ts';

export type Said = { fr: string; en: string };
type Explained = { says: Said; mend: Said };

const said = (fr: string, en: string): Said => ({ fr, en });

const keys: Said = said(
  'demander à l’opérateur (ou à Twilio) de transmettre les touches (DTMF RFC 4733)',
  'ask the carrier (or Twilio) to carry keys (DTMF, RFC 4733)',
);
const sound: Said = said(
  'vérifier le pare-feu et l’adresse annoncée (VIGIE_SIP_EXTERNAL, ports RTP), puis appeler l’opérateur ; sur Twilio : la console (Monitor, Errors)',
  'check the firewall and the announced address (VIGIE_SIP_EXTERNAL, RTP ports), then ring the carrier; on Twilio: its console (Monitor, Errors)',
);
const network: Said = said(
  'vérifier compte, crédit et droits chez l’opérateur, puis l’appeler',
  'check account, credit and rights at the carrier, then ring them',
);
/** At the end of the detail: the account has no other number to call from. */
const toItself = 'd’un numéro à lui-même';
const another: Said = said(
  'donner au compte Twilio un second numéro : un numéro ne peut pas toujours s’appeler lui-même',
  'give the Twilio account a second number: a number may not always call itself',
);
const flow: Said = said(
  'relire le scénario de cette ligne (vigie check), puis vigie self-test',
  'read this line’s flow again (vigie check), then vigie self-test',
);

const explained: Record<Fault['what'], (detail: string) => Explained> = {
  refused: (detail) => ({
    says: said(`l’opérateur refuse notre appel (${detail})`, `the carrier refuses our call (${detail})`),
    mend: detail.endsWith(toItself) ? another : network,
  }),
  cut: (detail) => ({
    says: said(`l’appel est coupé en route (${detail})`, `the call is cut on its way (${detail})`),
    mend: network,
  }),
  'not-back': (detail) => ({
    says: said(
      `appelé de l’extérieur, notre numéro n’arrive pas jusqu’à nous${detail ? ` (${detail})` : ''}`,
      'called from the outside, our number does not reach us',
    ),
    mend: said(
      'vérifier chez l’opérateur où ce numéro est acheminé',
      'check at the carrier where this number is routed to',
    ),
  }),
  disguised: (detail) => ({
    says: said(
      `notre appel revient avec un autre numéro d’appelant (${detail})`,
      `our call comes back showing another number (${detail})`,
    ),
    mend: said(
      'faire autoriser notre numéro chez l’opérateur, ou écrire own number dans trunks.yaml',
      'have our number allowed by the carrier, or write own number in trunks.yaml',
    ),
  }),
  'keys-lost': () => ({
    says: said('les touches n’arrivent pas jusqu’à la ligne', 'keys do not reach the line'),
    mend: keys,
  }),
  'caller-unheard': () => ({
    says: said('la ligne n’entend pas l’appelant', 'the line does not hear the caller'),
    mend: sound,
  }),
  'line-unheard': () => ({
    says: said('l’appelant n’entend pas la ligne', 'the caller does not hear the line'),
    mend: sound,
  }),
  'other-question': (detail) => ({
    says: said(`la ligne pose une autre question : ${detail}`, `the line asks another question: ${detail}`),
    mend: flow,
  }),
  elsewhere: (detail) => ({
    says: said(`l’appel finit ailleurs : ${detail}`, `the call ends elsewhere: ${detail}`),
    mend: flow,
  }),
  nobody: (detail) => ({
    says: said(`personne n’est d’astreinte à ${detail}`, `nobody is on call at ${detail}`),
    mend: said('compléter le planning (vigie who)', 'fill the planning (vigie who)'),
  }),
  'no-leg': (detail) => ({
    says: said(
      `aucun appel ne peut partir vers l’astreinte : ${detail}`,
      `no leg can leave for those on call: ${detail}`,
    ),
    mend: said(
      'vérifier les numéros des personnes et trunks.yaml (allow, caps)',
      'check people’s numbers, and trunks.yaml (allow, caps)',
    ),
  }),
  'unheard-together': (detail) => ({
    says: said(`mis en relation, le son manque (${detail})`, `joined, sound is missing (${detail})`),
    mend: said('vérifier la charge de la machine et le journal d’Asterisk', 'check the load, and Asterisk’s log'),
  }),
  'too-long': (detail) => ({
    says: said(`l’appel n’arrive pas à ${detail} dans le temps prévu`, `the call does not come to ${detail} in time`),
    mend: flow,
  }),
  interrupted: (detail) => ({
    says: said(`essai interrompu (${detail})`, `the test was interrupted (${detail})`),
    mend: said('rien : il est repris', 'nothing: it is made again'),
  }),
  'not-planned': (detail) => ({
    says: said(`essai impossible : ${detail}`, `no test can be made: ${detail}`),
    mend: said(
      'vérifier --line, --trunk et --leaf (vigie self-test --list)',
      'check --line, --trunk and --leaf (vigie self-test --list)',
    ),
  }),
};

export const explain = (fault: Fault): Explained => explained[fault.what](fault.detail ?? '');
