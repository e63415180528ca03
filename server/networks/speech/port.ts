// The port: whoever turns what a caller says into words. A speech server in Vosk's protocol stands behind it (vosk.ts).

export type Wanted = {
  /** Words that are looked for: a recogniser may listen for them in particular. */
  hints: readonly string[];
};

export type Told = {
  /** What was understood so far; `final`: the recogniser is done with this stretch of speech (it may be empty). */
  heard(text: string, final: boolean): void;
  /** Once, and nothing comes after it. */
  failed(why: string): void;
};

/** One caller being listened to. Never throws. */
export interface Recognition {
  /** 16-bit samples at 8 kHz, as they come. */
  hear(samples: Int16Array): void;
  /** Nothing more will be said: a last final answer is wanted. */
  finish(): void;
  /** Not wanted any more; nothing is told after it. */
  close(): void;
}

export interface Recognizer {
  open(wanted: Wanted, told: Told): Recognition;
}
