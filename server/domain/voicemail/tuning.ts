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
  /** Speech stands this far above the floor of a steady line (white noise stays within 2 dB of it) … */
  aboveSteady: 8,
  /** … and so much more for each dB by which the line swings about that floor: street, music and babble do … */
  perSwing: 3,
  /** … but no more than this, as what swings may be the speaker. */
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
  /** So much speech is a recording: people answer in less, however many names their firm has. */
  longMs: 4000,
  /** When the question begins in any case (the line's own rule). From here on no first "human" is worth a guess. */
  promptMs: 3500,
  /** Who still talks at this instant has not minded our question for two seconds, and people stop for it: sure enough to hang up on. */
  heedlessMs: 5200,
  /** The same in one breath, which takes its time to stop: "Allô, oui, bonjour, ici Karim, je vous écoute, qui est à l'appareil ?" */
  breathlessMs: 5800,
  /** Still talks: heard within this. */
  stillMs: 200,
  /** So much in one go, after a first "human", takes it back. It may be a person who talks over our prompt: not to hang up on. */
  correctMs: 3400,
  /** Speech that a beep must follow: less may be a click before a call tone. */
  beforeBeepMs: 600,
  /** So much speech at most is a word or two ("Allô ?"), after which people wait for an answer. */
  shortMs: 1000,
  /** The first instant at which a word and a pause are worth a first "human": a recording that begins with "Bonjour." has gone on by then. */
  firstMs: 2700,
  /** The silence that this takes at that instant … */
  waitShortMs: 960,
  /** … and by how much more for each ms after it: the nearer the question is anyway, the less a guess gains. */
  waitMore: 0.4,
  /** The same after a switchboard rang on, at any time: the question begins anew at "human". */
  waitRungMs: 1100,
  /** The silence that settles it: most greetings that begin with "Bonjour." have gone on by then. */
  settleMs: 1700,
  /** The silence after more than that; a short greeting's beep comes within 2.5 s of its last, soft syllable. */
  waitLongMs: 3400,
  /** Silence from the start: nobody can tell. */
  nothingMs: 4000,
  /** All is said after this time. */
  limitMs: 12000,
};
