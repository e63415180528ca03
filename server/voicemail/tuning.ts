// Every number the detector depends on, each with its reason. Tuned with speakers and sources held out: see docs/voicemail.md.

export type Tuning = typeof tuning;

/** Times in ms, levels in dB (below full scale where absolute), frequencies in Hz. */
export const tuning = {
  // Tones: an oscillator keeps frequency and level; a sung vowel keeps neither for 180 ms.
  /** Frames a tone must last before it is believed: the shortest voicemail beeps last 200 ms. */
  toneFrames: 9,
  /** Share of power in one or two peaks, in each frame. */
  toneShare: 0.93,
  /** Most standard deviation of frequency over those frames. */
  toneWanderHz: 2.2,
  /** Most standard deviation of level: GSM's codec makes 1 dB out of a pure tone. */
  toneWanderDb: 1.2,
  /** Below this a steady peak is a hum, or music in the next room. */
  toneLevel: -45,
  /** Lowest frequency of a beep or call tone; a held low vowel is steady below it. */
  toneLowest: 330,
  /** Two tones 40–90 Hz apart beat (ringing and dial tones of the US and UK): steady only over this many frames together. */
  beatFrames: 16,
  /** A beep is as loud as the greeting that it ends, within this. */
  beepBelowTop: 22,

  // Speech against the noise of the line, judged anew with everything heard so far.
  /** What of the recent past says how loud the line is. */
  recentMs: 3000,
  /** Speech stands this far above the floor … */
  aboveFloor: 14,
  /** How many frames have been louder than the top: clicks do not count. */
  topFrames: 3,
  /** … is at most this far below the top of all that was heard … */
  belowTop: 18,
  /** … and at least this far. */
  belowTopLeast: 12,
  /** … and never softer than this. */
  softest: -48,
  /** Gaps inside words and phrases: a stop consonant and a breath. */
  bridgeMs: 440,
  /** Shorter is a click. */
  shortestMs: 80,
  /** A speaker's loudest frames are louder than this; a room far from the phone is softer. */
  spokenLevel: -40,

  // Decisions.
  /** So much speech is a recording, sure enough to hang up: people answer in less, however many names their firm has. */
  longMs: 4000,
  /** So much in one go, after a first "human", takes it back. It may be a person who talks over our prompt: not to hang up on. */
  correctMs: 3400,
  /** Speech that a beep must follow: less may be a click before a call tone. */
  beforeBeepMs: 600,
  /** So much speech at most is a word or two ("Allô ?"), after which people wait for an answer. */
  shortMs: 1000,
  /** The silence after it that is worth a first "human": the prompt may begin. */
  waitShortMs: 1100,
  /** The silence that settles it: most greetings that begin with "Bonjour." have gone on by then. */
  settleMs: 1700,
  /** The silence after more than that; a short greeting's beep comes within it. */
  waitLongMs: 2900,
  /** Silence from the start: nobody can tell. */
  nothingMs: 4000,
  /** All is said after this time. */
  limitMs: 12000,
};
