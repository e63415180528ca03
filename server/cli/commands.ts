// The commands: name, uses, and the module that is loaded when one runs. A new command is a row here and a file beside it.
import type { Command } from './command.ts';

export const commands: readonly Command[] = [
  {
    name: 'serve',
    uses: [['serve', 'start the line (settings come from the environment: see README)']],
    load: async () => (await import('./serve.ts')).runServe,
  },
  {
    name: 'check',
    uses: [['check [--json]', 'check every flow, planning and trunk file, and all that they refer to']],
    load: async () => (await import('./check.ts')).run,
  },
  {
    name: 'who',
    uses: [['who PLANNING [--at T | --from T --until T] [--json]', 'who is on call, in order, and why']],
    load: async () => (await import('./who.ts')).run,
  },
  {
    name: 'duty',
    uses: [
      ['duty [--all] [--json]', "duties taken outside of the plannings' files"],
      [
        'duty take PLANNING --as PERSON [--level LEVEL] [--from T] [--until T] [--why TEXT] [--json]',
        'put somebody on call, now or later, until the next hand-off or T',
      ],
      ['duty end ID [--as PERSON]', 'give a duty back: the planning holds again'],
    ],
    load: async () => (await import('./duty.ts')).run,
  },
  {
    name: 'calls',
    uses: [['calls [--since T] [--csv | --json]', 'the calls on record']],
    load: async () => (await import('./calls.ts')).runCalls,
  },
  {
    name: 'call',
    uses: [['call ID [--json]', 'the story of one call ("last" is the latest)']],
    load: async () => (await import('./calls.ts')).runCall,
  },
  {
    name: 'alerts',
    uses: [['alerts [--all] [--json]', 'what is urgent and not confirmed, or held']],
    load: async () => (await import('./alerts.ts')).runAlerts,
  },
  {
    name: 'alert',
    uses: [
      ['alert ID [--json]', 'the story of one alert (its id or number)'],
      [
        'alert ack|decline|resolve|hand-over ID [--as PERSON] [--note TEXT] [--to PERSON]',
        'take it, give it back, close it, give it to somebody',
      ],
    ],
    load: async () => (await import('./alerts.ts')).runAlert,
  },
  {
    name: 'messages',
    uses: [
      ['messages [--dead | --sms] [--json]', 'messages and tickets: sent, waiting, given up; every SMS and its fate'],
    ],
    load: async () => (await import('./messages.ts')).runMessages,
  },
  {
    name: 'message',
    uses: [['message resend ID', 'give a dead letter another day']],
    load: async () => (await import('./messages.ts')).runMessage,
  },
  {
    name: 'threads',
    uses: [['threads [--all] [--json]', 'conversations by SMS with people outside']],
    load: async () => (await import('./threads.ts')).runThreads,
  },
  {
    name: 'thread',
    uses: [['thread N [--json]', 'one of them: each message, and what became of it']],
    load: async () => (await import('./threads.ts')).runThread,
  },
  {
    name: 'voicemail',
    uses: [['voicemail classify FILE… [--json]', 'person or machine?']],
    load: async () => (await import('./voicemail.ts')).run,
  },
  {
    name: 'self-test',
    uses: [
      [
        'self-test [--line NUMBER] [--trunk TRUNK] [--leaf FLOW/NODE] [--json]',
        'call our own number from the outside, now; --list: what can be tested',
      ],
    ],
    load: async () => (await import('./self-test.ts')).run,
  },
  {
    name: 'doctor',
    uses: [['doctor [--json]', 'what ails the line, and the mend']],
    load: async () => (await import('./doctor.ts')).run,
  },
  {
    name: 'backup',
    uses: [['backup FILE [--json]', 'copy the database while the line works, and verify the copy']],
    load: async () => (await import('./backup.ts')).runBackup,
  },
  {
    name: 'restore',
    uses: [['restore FILE [--json]', 'put a backup back; the server must be stopped']],
    load: async () => (await import('./backup.ts')).runRestore,
  },
  {
    name: 'pin',
    uses: [['pin', 'make the hash of a PIN for people.yaml (asks for it, or reads it from stdin)']],
    load: async () => (await import('./pin.ts')).run,
  },
  {
    name: 'asterisk',
    uses: [['asterisk', "write Asterisk's configuration from trunks, flows and plannings"]],
    load: async () => (await import('./serve.ts')).runAsterisk,
  },
  {
    name: 'twilio',
    uses: [['twilio setup [--dry-run] [--json]', "tell Twilio where our numbers' calls and messages go"]],
    load: async () => (await import('./twilio.ts')).run,
  },
];
