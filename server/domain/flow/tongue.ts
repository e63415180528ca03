// The languages in which the line has words of its own: French for French, English for all that it does not speak.

/** @returns the wording for a language such as `fr` or `en-GB` */
export const tongueOf =
  <Words>(words: { fr: Words; en: Words }) =>
  (language: string): Words =>
    language.startsWith('fr') ? words.fr : words.en;
