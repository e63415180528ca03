// What can be heard. Texts are spoken by the TTS command ahead of time; digits are spelled from ready pieces.

/** A BCP 47 primary tag with optional region: `fr`, `fr-CA`, `en`. */
export type Language = string;

export type Prompt =
  /** Spoken text. `live` says that it holds a value known only during the call: if no audio is ready, it is rendered then, or left out. */
  | { kind: 'text'; text: string; language: Language; live?: true }
  /** A recorded file, absolute path of an 8 kHz mono WAV. */
  | { kind: 'file'; path: string }
  /** Letters and digits, one by one: `75011`, `2A`. */
  | { kind: 'spell'; characters: string; language: Language }
  | { kind: 'pause'; ms: number };
