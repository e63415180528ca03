// What the demo says while it works: in French, or in English for those whose system speaks it; one language at a time.

const { LC_ALL, LC_MESSAGES, LANG } = process.env;
export const inEnglish = /^en/i.test(LC_ALL || LC_MESSAGES || LANG || '');
export const choose = (french: string, english: string): string => (inEnglish ? english : french);

/** The sentences of the telephone network and of what is started, which are written in English, and their French. */
const sentences: readonly (readonly [english: RegExp, french: string])[] = [
  [/^speaking the prompts: (\d+) of (\d+)$/, 'préparation des messages : $1 sur $2'],
  [/^starting the telephone network$/, 'démarrage du réseau téléphonique'],
  [/^starting the line's Asterisk$/, 'démarrage de l’Asterisk de la ligne'],
  [/^starting the server$/, 'démarrage du serveur'],
  [/^starting Twilio on loopback$/, 'démarrage d’un Twilio simulé'],
  [/^rings, by carrier (.+), showing no number$/, 'sonne, par l’opérateur $1, numéro masqué'],
  [/^rings, by carrier (.+), showing (.+)$/, 'sonne, par l’opérateur $1, affiche $2'],
  [/^rings, showing (.+)$/, 'sonne, affiche $1'],
  [/^rings$/, 'entend sonner'],
  [/^answers$/, 'décroche'],
  [/^is answered$/, 'a une réponse'],
  [/^is over \((.+)\)$/, 'terminé ($1)'],
  [/^is over$/, 'terminé'],
  [/^hangs up$/, 'raccroche'],
  [/^presses (.+)$/, 'tape $1'],
  [/^plays the keys (.+)$/, 'joue les touches $1'],
  [/^hears « (.+) » to its end$/s, 'entend « $1 » jusqu’au bout'],
  [/^hears « (.+) »$/s, 'entend « $1 »'],
  [/^says « (.+) »$/s, 'dit « $1 »'],
  [/^mumbles$/, 'marmonne'],
  [/^is talking to (.+)$/, 'parle avec $1'],
  [/^is in company$/, 'est en compagnie'],
  [/^calls (.+) by carrier (.+)$/, 'appelle $1 par l’opérateur $2'],
  [/^calls (.+)$/, 'appelle $1'],
  [/^refuses \((.+)\)$/, 'refuse ($1)'],
  [/^does not ring: the carrier speaks in its place$/, 'ne sonne pas : l’opérateur parle à sa place'],
  [/^is called, by carrier (.+): there is no such number$/, 'est appelé, par l’opérateur $1 : ce numéro n’existe pas'],
  [/^is called, by carrier (.+)$/, 'est appelé, par l’opérateur $1'],
  [/^is called, and gives no sign of life$/, 'est appelé, et ne donne aucun signe de vie'],
  [/^is called: there is no such number$/, 'est appelé : ce numéro n’existe pas'],
  [/^is sent « (.+) » by carrier (.+)$/s, 'reçoit « $1 » par l’opérateur $2'],
  [/^is sent « (.+) »$/s, 'reçoit « $1 »'],
  [/^writes « (.+) »$/s, 'écrit « $1 »'],
  [/^could not tell (\S+): (.+)$/s, 'n’a pas pu prévenir $1 : $2'],
  [/^failed: (.+)$/s, 'échec : $1'],
];

/** The sentence in French; as it is where it is not one of ours. */
export function frenchOf(english: string): string {
  for (const [pattern, french] of sentences) if (pattern.test(english)) return english.replace(pattern, french);
  return english;
}

/** A sentence of the network or of what is started, in the language of whoever looks on. */
export const told = (english: string): string => (inEnglish ? english : frenchOf(english));
