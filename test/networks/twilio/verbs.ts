// What each verb of a document does to a channel. A verb that passes the call on gives where to; all others let the next verb follow.
import type { Channel, Spoken } from './channel.ts';
import type { Member } from './room.ts';
import type { Asked } from './webhook.ts';
import type { XmlElement } from './xml.ts';

export type Next = { go: Asked } | { end: true };
type Does = (channel: Channel, verb: XmlElement) => Promise<Next | undefined>;

const seconds = (verb: XmlElement, name: string, usual: number): number =>
  1000 * Number(verb.attributes[name] ?? usual);
const truth = (verb: XmlElement, name: string, usual: boolean): boolean =>
  verb.attributes[name] === undefined ? usual : verb.attributes[name] === 'true';

/** The address of an action, seen from the document that names it. */
const asked = (channel: Channel, url: string, verb: XmlElement, params: Record<string, string>): Asked => ({
  url: new URL(url, channel.current).href,
  method: verb.attributes.method ?? 'POST',
  params: channel.params(params),
});

const action = (channel: Channel, verb: XmlElement, params: Record<string, string>): Next => ({
  go: asked(channel, verb.attributes.action ?? channel.current, verb, params),
});

export async function doVerb(channel: Channel, verb: XmlElement): Promise<Next | undefined> {
  const does = verbs[verb.name];
  if (!does) throw new Error(`the loopback Twilio does not know <${verb.name}>`);
  if (!['Pause', 'Reject', 'Redirect', 'Hangup'].includes(verb.name)) channel.answer();
  return does(channel, verb);
}

const say: Does = async (channel, verb) => {
  await channel.hears(verb.text, 60 * verb.text.length);
  return undefined;
};

const play: Does = async (channel, verb) => {
  const { digits } = verb.attributes;
  if (digits !== undefined) return playKeys(channel, digits);
  const { words, ms } = await channel.race(channel.world.audio(new URL(verb.text, channel.current).href));
  const sounds = soundingAt(channel, ms);
  await channel.hears(words, ms).finally(sounds.stop);
  return undefined;
};

/** One key after the other; `w` is half a second. They reach whoever gathers at the other end, and are lost where nobody does. */
async function playKeys(channel: Channel, digits: string): Promise<undefined> {
  channel.world.story.tell(channel.who, `plays the keys ${digits}`);
  for (const key of digits) {
    await channel.pass(key === 'w' ? 500 : 200);
    if (key !== 'w' && channel.world.carriesKeys(channel)) channel.far?.keys?.(key);
  }
}

/** What is played here is heard, and may be recorded, at the other end. */
function soundingAt({ far, world }: Channel, ms: number): { stop: () => void } {
  const step = 100;
  let left = far ? ms : 0;
  const beat = setInterval(() => {
    if (!far || left <= 0) return clearInterval(beat);
    left -= step;
    far.spokenMs += step;
  }, step / world.speed);
  return { stop: () => clearInterval(beat) };
}

const pause: Does = async (channel, verb) => {
  const ms = seconds(verb, 'length', 1);
  channel.quiet(ms);
  await channel.pass(ms);
  return undefined;
};

const gather: Does = async (channel, verb) => {
  const most = Number(verb.attributes.numDigits ?? 64);
  const finish = verb.attributes.finishOnKey ?? '#';
  const timeout = seconds(verb, 'timeout', 5);
  const speech = (verb.attributes.input ?? 'dtmf').split(' ').includes('speech')
    ? { language: verb.attributes.language ?? 'en-US' }
    : undefined;
  const { keyed, finishedBy, said } = await channel.race(
    listen(channel, verb.children, { most, finish, timeout, ...(speech ? { speech } : {}) }),
  );
  if (keyed === '' && said) return action(channel, verb, said);
  if (keyed === '' && !truth(verb, 'actionOnEmptyResult', false)) {
    if (finishedBy === '') return undefined;
  }
  // Twilio sends empty Digits, or none at all: both mean the same.
  const digits = keyed === '' && channel.world.leavesOut() ? {} : { Digits: keyed };
  return action(channel, verb, { ...digits, FinishedOnKey: finishedBy, msg: 'Gather End' });
};

type Limits = { most: number; finish: string; timeout: number; speech?: { language: string } };

/** Plays what is inside, and waits for keys or words; each key starts the time-out anew, the first of either ends what is played. */
async function listen(channel: Channel, inside: XmlElement[], { most, finish, timeout, speech }: Limits) {
  let keyed = '';
  let finishedBy = '';
  let said: Record<string, string> | undefined;
  let speaking = false;
  let pressed = () => {};
  let over = false;
  const first = new Promise<void>((go) => {
    pressed = go;
  });
  let stir = () => {};
  channel.keys = (key) => {
    if (over) return;
    if (finish !== '' && finish.includes(key)) finishedBy = key;
    else keyed += key;
    over = finishedBy !== '' || keyed.length >= most;
    pressed();
    stir();
  };
  if (speech)
    channel.speech = {
      begins: () => {
        speaking = true;
        pressed();
      },
      ends: (spoken) => {
        speaking = false;
        said = understood(spoken, speech.language);
        over ||= said !== undefined;
        stir();
      },
    };
  try {
    const playing = (async () => {
      for (const verb of inside) {
        if (keyed !== '' || finishedBy !== '' || speaking || said) return;
        await doVerb(channel, verb);
      }
    })();
    await Promise.race([playing, first]);
    while (!over) {
      const before = keyed;
      const began = Date.now();
      const woken = new Promise<void>((go) => {
        stir = go;
      });
      await Promise.race([channel.pass(timeout), woken]);
      channel.quiet((Date.now() - began) * channel.world.speed);
      if (keyed === before && !speaking) break;
    }
    return { keyed, finishedBy, said };
  } finally {
    over = true;
    channel.keys = undefined;
    channel.speech = undefined;
  }
}

/** What recognition makes of it: a sentence; a guess where it was told of another language; nothing of a mumble. */
function understood({ words, confidence, language }: Spoken, expected: string): Record<string, string> | undefined {
  if (words === '') return undefined;
  const right = language === expected;
  const text = right ? `${words[0]?.toUpperCase()}${words.slice(1)}.` : 'Uh.';
  return { SpeechResult: text, Confidence: String(right ? confidence : 0.12), Language: expected };
}

const record: Does = async (channel, verb) => {
  const most = seconds(verb, 'maxLength', 3600);
  const silence = seconds(verb, 'timeout', 5);
  const finish = verb.attributes.finishOnKey ?? '1234567890*#';
  let digits = '';
  let done = () => {};
  const ended = new Promise<void>((go) => {
    done = go;
  });
  channel.keys = (key) => {
    if (!finish.includes(key)) return;
    digits = key;
    done();
  };
  if (truth(verb, 'playBeep', true)) await channel.hears('beep', 500);
  const before = channel.spokenMs;
  const told = new Set<string>();
  const finishNow = (status: Record<string, string>) => finishRecording(channel, verb, before, digits, status, told);
  // The caller's hanging up is the usual end of a message: its action is still asked for.
  const hungUp = () => {
    digits = 'hangup';
    const next = finishNow({ CallStatus: 'completed' });
    if (next && 'go' in next) channel.world.tell(next.go);
  };
  channel.onEnd.push(hungUp);
  try {
    for (let silent = 0, all = 0; silent < silence && all < most; ) {
      const spoken = channel.spokenMs;
      const step = Math.min(250, silence);
      await Promise.race([channel.pass(step), ended]);
      if (digits !== '') break;
      all += step;
      silent = channel.spokenMs > spoken ? 0 : silent + step;
    }
    return finishNow({});
  } finally {
    channel.onEnd = channel.onEnd.filter((one) => one !== hungUp);
    channel.keys = undefined;
  }
};

function finishRecording(
  channel: Channel,
  verb: XmlElement,
  before: number,
  digits: string,
  status: Record<string, string>,
  told: Set<string>,
): Next | undefined {
  const length = Math.round((channel.spokenMs - before) / 1000);
  if (told.has('over')) return undefined;
  told.add('over');
  // Without a sound there is no recording, and the next verb follows.
  if (length === 0) return undefined;
  const recording = channel.world.recorded(channel, length);
  const url = `https://api.twilio.com/2010-04-01/Accounts/${channel.world.account}/Recordings/${recording}`;
  const facts = { RecordingSid: recording, RecordingUrl: url, RecordingDuration: String(length) };
  const callback = verb.attributes.recordingStatusCallback;
  if (callback) {
    const params = {
      RecordingSource: 'RecordVerb',
      RecordingSid: recording,
      RecordingUrl: url,
      RecordingStatus: 'completed',
      RecordingChannels: '1',
      ErrorCode: '0',
      CallSid: channel.sid,
      AccountSid: channel.world.account,
      RecordingDuration: String(length),
      RecordingStartTime: new Date().toUTCString(),
    };
    channel.world.tell({ url: callback, params });
  }
  const next = action(channel, verb, { ...facts, Digits: digits, ...status });
  return next;
}

const dial: Does = async (channel, verb) => {
  const [inside] = verb.children;
  if (inside?.name === 'Conference') return conference(channel, verb, inside);
  const child = await channel.race(channel.world.dialChild(channel, verb));
  channel.partner = undefined;
  if (!verb.attributes.action) return undefined;
  return action(channel, verb, {
    DialCallStatus: child.status,
    DialCallSid: child.sid,
    DialBridged: String(child.bridged),
    ...(child.bridged ? { DialCallDuration: String(child.seconds) } : {}),
  });
};

/** Twilio plays the waiting document over and over until the room starts. */
async function conference(channel: Channel, dialVerb: XmlElement, verb: XmlElement): Promise<Next | undefined> {
  const room = channel.world.room(verb.text);
  let starts = () => {};
  let closes = () => {};
  const started = new Promise<void>((go) => {
    starts = go;
  });
  const closed = new Promise<void>((go) => {
    closes = go;
  });
  const member: Member = {
    who: channel.who,
    call: channel.sid,
    startsOnEnter: truth(verb, 'startConferenceOnEnter', true),
    endsOnExit: truth(verb, 'endConferenceOnExit', false),
    started: starts,
    closed: closes,
  };
  const leave = () => room.leave(member);
  if (!room.enter(member, Number(verb.attributes.maxParticipants ?? 250))) return undefined;
  channel.onEnd.push(leave);
  channel.room = room;
  try {
    await channel.race(Promise.race([started, closed, waiting(channel, verb.attributes.waitUrl, started)]));
    channel.world.story.tell(channel.who, 'is in company');
    await channel.race(closed);
  } finally {
    channel.room = undefined;
    channel.onEnd = channel.onEnd.filter((one) => one !== leave);
    leave();
  }
  if (!dialVerb.attributes.action) return undefined;
  return action(channel, dialVerb, { DialCallStatus: 'answered', ConferenceSid: room.sid });
}

/** Never ends by itself; ended from outside by the room's start or the caller's leaving. */
async function waiting(channel: Channel, url: string | undefined, started: Promise<void>): Promise<void> {
  if (!url) return started;
  let begun = false;
  void started.then(() => {
    begun = true;
  });
  const { epoch } = channel;
  const on = () => !begun && epoch === channel.epoch;
  for (let next: string | undefined = url; next && on(); ) next = await waitingRound(channel, next, on);
  return started;
}

/** Plays one waiting document; gives the address of the next. */
async function waitingRound(channel: Channel, url: string, on: () => boolean): Promise<string | undefined> {
  const answer = await channel.world.document({ url, params: channel.params({ ConferenceSid: 'CF' }) });
  if (!answer || !on()) return undefined;
  channel.current = url;
  for (const verb of channel.world.parse(answer, url).children) {
    if (!on()) return undefined;
    if (verb.name === 'Redirect') return verb.text;
    if (!['Play', 'Say', 'Pause'].includes(verb.name))
      throw new Error(`<${verb.name}> may not stand in the waiting document of a conference`);
    await doVerb(channel, verb);
  }
  return url;
}

const verbs: Record<string, Does> = {
  Say: say,
  Play: play,
  Pause: pause,
  Gather: gather,
  Record: record,
  Dial: dial,
  Redirect: async (channel, verb) => ({ go: asked(channel, verb.text, verb, {}) }),
  Hangup: async (channel) => {
    channel.end('completed');
    return { end: true };
  },
  Reject: async (channel, verb) => {
    channel.end(verb.attributes.reason === 'busy' ? 'busy' : 'no-answer');
    return { end: true };
  },
};
