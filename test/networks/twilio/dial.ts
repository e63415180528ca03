// <Dial><Number>: rings phones for a caller, all at once or one after the other, each with its whisper. The first to pick up wins; the others
// are hung up at once, before the whisper is answered. A declined whisper is "completed", and not bridged.
import type { Channel, Child, Facts } from './channel.ts';
import type { Phone } from './phone.ts';
import type { XmlElement } from './xml.ts';

type Outside = {
  phone: (number: string) => Phone | undefined;
  channel: (who: string, facts: Facts) => Channel;
  broken: (channel: Channel, error: Error) => void;
};

export async function dialChild(parent: Channel, dial: XmlElement, outside: Outside): Promise<Child> {
  const timeoutMs = (1000 * Number(dial.attributes.timeout ?? 30)) / parent.world.speed;
  const numbers = dial.children.filter((child) => child.name === 'Number');
  const groups = dial.attributes.sequential === 'true' ? numbers.map((one) => [one]) : [numbers];
  let last: Child = { status: 'no-answer', sid: '', bridged: false, seconds: 0 };
  for (const group of groups) {
    last = await ringGroup(parent, group, timeoutMs, outside);
    if (last.status === 'completed' || parent.isOver) break;
  }
  return last;
}

async function ringGroup(parent: Channel, numbers: XmlElement[], timeoutMs: number, outside: Outside): Promise<Child> {
  const legs = numbers.map((number) => ({ number, channel: childOf(parent, number, outside) }));
  const cancel = () => {
    for (const { channel } of legs) if (!channel.isOver && channel.answeredAt === undefined) channel.end('canceled');
  };
  parent.onEnd.push(() => {
    for (const { channel } of legs) channel.end(channel.answeredAt === undefined ? 'canceled' : 'completed');
  });
  let late: NodeJS.Timeout | undefined;
  const picked = await Promise.race([
    ...legs.map(({ number, channel }) => pickUp(channel, outside.phone(number.text)).then(() => ({ number, channel }))),
    new Promise<undefined>((nobody) => {
      late = setTimeout(nobody, timeoutMs, undefined);
    }),
    Promise.all(legs.map(({ channel }) => over(channel))).then(() => undefined),
  ]).finally(() => clearTimeout(late));
  if (!picked || parent.isOver) {
    cancel();
    const busy = legs.some(({ channel }) => channel.status === 'busy');
    return { status: busy ? 'busy' : 'no-answer', sid: legs[0]?.channel.sid ?? '', bridged: false, seconds: 0 };
  }
  picked.channel.answer();
  cancel();
  return bridge(parent, picked.channel, picked.number, outside);
}

function childOf(parent: Channel, number: XmlElement, outside: Outside): Channel {
  const who = outside.phone(number.text)?.name ?? number.text;
  const facts = { direction: 'outbound-dial' as const, from: parent.facts.from, to: number.text, parent: parent.sid };
  return outside.channel(who, facts);
}

async function pickUp(channel: Channel, phone: Phone | undefined): Promise<void> {
  if (!phone) {
    channel.end('failed');
    return new Promise(() => undefined);
  }
  const ring = await phone.called(channel, () => {
    channel.status = 'ringing';
  });
  return ring.pickedUp;
}

const over = (channel: Channel): Promise<void> =>
  channel.isOver ? Promise.resolve() : new Promise((done) => channel.onEnd.push(() => done()));

/** The whisper's end joins the two; its hanging up ends the child alone. */
async function bridge(parent: Channel, child: Channel, number: XmlElement, outside: Outside): Promise<Child> {
  const { url, method } = number.attributes;
  if (url) await whisper(child, new URL(url, parent.current).href, method ?? 'POST', outside);
  if (child.isOver) return { status: 'completed', sid: child.sid, bridged: false, seconds: 0 };
  const began = Date.now();
  parent.partner = child;
  child.partner = parent;
  parent.world.story.stir();
  await over(child);
  return { status: 'completed', sid: child.sid, bridged: true, seconds: Math.round((Date.now() - began) / 1000) };
}

async function whisper(child: Channel, url: string, method: string, outside: Outside): Promise<void> {
  await child.runWhisper({ url, method, params: child.params() }).catch((error) => outside.broken(child, error));
}
