// A finished call as a person would tell it, in French: what the caller did, who was rung, how each attempt ended, how it all ended.
// Pure: a record in, lines out.
import type { Instant } from '../base/clock.ts';
import { causes, frenchDuration, frenchNumber } from '../domain/call/words.ts';
import { kindNamed } from '../domain/flow/nodes/index.ts';
import type { FinishedCall, LegRecord } from '../store/record.ts';

/** One thing that happened. */
export type StoryLine = { at: Instant; text: string };

type Visit = FinishedCall['path'][number];

/** « asked by helpdesk: karim calls +33612345678 », as the first visit of a call back says. */
const callBackAsked = /^asked by (.*): (\S+) calls (\+\d+)$/s;

/** What happened, in order of time (in the record's order at the same instant). */
export function story(call: FinishedCall): StoryLine[] {
  const began = { at: call.startedAt, text: opening(call) };
  const legs = call.test ? call.legs.flatMap(inPlaceOf) : call.legs.flatMap(legLines);
  const told = [...call.path.flatMap(visitLine), ...legs].sort((a, b) => a.at - b.at);
  return [began, ...told, { at: call.endedAt, text: ending(call) }];
}

/** A call back begins with the line itself: its first visit says who asked for it. */
function opening({ caller, called, path, test }: FinishedCall): string {
  const asked = callBackAsked.exec(path[0]?.note ?? '');
  if (test)
    return `essai de la ligne par elle-même, du ${frenchNumber(caller)} vers le ${frenchNumber(called)} : personne n’est sonné, un répondeur d’essai tient la place de l’astreinte.`;
  if (!asked) return `${frenchNumber(caller)} appelle le ${frenchNumber(called)}.`;
  const [, by = '', person = '', number = ''] = asked;
  return `rappel demandé par ${by} : ${person} appelle le ${frenchNumber(number)} au nom du ${frenchNumber(called)}.`;
}

function visitLine({ at, flow, node, kind, keyed, note }: Visit): StoryLine[] {
  const arrived = () => kindNamed(kind)?.arrived?.(flow, node) ?? '';
  const text = keyed ? keyedText(keyed, note) : note ? noteText(node, kind, note) : arrived();
  return text ? [{ at, text }] : [];
}

const keyedText = (keyed: string, note: string | undefined): string => {
  if (note === 'wrong input') return `tape ${keyed} : saisie refusée.`;
  if (note === 'not confirmed') return `tape ${keyed}, sans confirmer.`;
  if (note === 'corrected') return `tape ${keyed}, puis corrige.`;
  return `tape ${keyed}${note ? ` (${note})` : ''}.`;
};

const writing = { number: frenchNumber, duration: frenchDuration };

/** In the words of the node's kind; what it has no words for is told as it was noted. */
function noteText(node: string, kind: string, note: string): string {
  for (const [pattern, tell] of kindNamed(kind)?.story ?? []) {
    const found = pattern.exec(note);
    if (found) return tell(node, found[1] ?? '', writing);
  }
  return `${node} : ${note}`;
}

/** In a test a machine of ours stands in a person's place. */
function inPlaceOf(leg: LegRecord): StoryLine[] {
  const stands = `le répondeur d’essai, à la place de ${leg.name}, par ${leg.trunk}`;
  return [{ at: leg.startedAt, text: `${stands} : ${leg.takenAt === undefined ? legEnd(leg) : 'prend l’appel'}.` }];
}

function legLines(leg: LegRecord): StoryLine[] {
  const rung = `on sonne ${leg.name} (${frenchNumber(leg.number)}) par ${leg.trunk}`;
  if (leg.takenAt === undefined) return [{ at: leg.startedAt, text: `${rung} : ${legEnd(leg)}.` }];
  const wait =
    leg.answeredAt === undefined ? 'décroche' : `décroche au bout de ${frenchDuration(leg.answeredAt - leg.startedAt)}`;
  // A transfer to a switchboard is joined as it answers: no key was pressed there.
  const how = leg.takenAt === leg.answeredAt ? 'prend l’appel' : 'prend l’appel (touche 1)';
  return [
    { at: leg.startedAt, text: `${rung} : ${wait}.` },
    { at: leg.takenAt, text: `${leg.name} ${how}. Ils parlent ${frenchDuration(leg.endedAt - leg.takenAt)}.` },
  ];
}

function legEnd({ cause, whose, detail, answeredAt, startedAt, endedAt, rangMs }: LegRecord): string {
  const said = causes[cause] ?? cause;
  if (cause === 'no-answer') return `${said} après ${frenchDuration(rangMs || endedAt - startedAt)}`;
  if (cause === 'declined' && answeredAt !== undefined) return `${said} (touche 2)`;
  return detail && whose !== 'callee' && whose !== 'ours' ? `${said} (${detail})` : said;
}

function ending(call: FinishedCall): string {
  if (call.test)
    return `Fin de l’essai au bout de ${frenchDuration(call.endedAt - call.startedAt)} (vigie self-test --list).`;
  const whole = `Fin au bout de ${frenchDuration(call.endedAt - call.startedAt)}`;
  const name = call.legs.find(({ person }) => person === call.who)?.name ?? call.who;
  if (callBackAsked.test(call.path[0]?.note ?? '')) return `${whole} : ${callBackEnd(call)}.`;
  switch (call.outcome) {
    case 'talked':
      return `${whole} : ${name ?? 'quelqu’un'} a parlé au demandeur.`;
    case 'message':
      return `${whole} : un message est enregistré${call.recording ? ` (${call.recording})` : ''}.`;
    case 'told':
      return `${whole} : personne n’a été joint, le demandeur a été informé.`;
    case 'hung-up':
      return `${whole} : le demandeur a raccroché avant d’être mis en relation.`;
    case 'lost':
      return `${whole} : l’appel a été perdu (panne).`;
  }
}

function callBackEnd({ outcome, notes }: FinishedCall): string {
  if (outcome === 'talked') return 'le technicien et son correspondant se sont parlé';
  if (outcome === 'told') return 'le correspondant n’a pas répondu';
  if (outcome === 'lost') return 'l’appel a été perdu (panne)';
  return notes.some((note) => note.startsWith('technician: '))
    ? 'le technicien n’a pas pris l’appel'
    : 'le technicien a raccroché';
}
