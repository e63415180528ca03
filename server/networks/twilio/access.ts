// How to reach a Twilio account, and how it reaches us. Values only; main.ts reads them from the environment.

export type TwilioAccess = {
  accountSid: string;
  /** The primary token signs webhooks; during a rotation the second one is accepted too. */
  tokens: readonly [string, ...string[]];
  /** Where Twilio's REST API is; another place only for tests and demos. */
  api: string;
  /** Where Twilio reaches us, exactly as its console has it: scheme, host and port are part of what it signs. */
  publicUrl: string;
  /** Folder in which Twilio finds the documents for when we do not answer; best on another host. */
  fallbackUrl: string;
  /** Calls per second that the account may place. */
  callsPerSecond: number;
  /** Whether Twilio listens for machines on our legs; its verdict is only a hint. */
  detectMachines: boolean;
};
