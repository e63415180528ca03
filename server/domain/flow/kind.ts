// What a kind of node is: all that any part of the house needs to know of it, declared once. Knows no kind; nodes/index.ts collects them.
import type { z } from 'zod';
import type { PhoneNumber } from '../telephony/names.ts';
import type { Draft } from './draft.ts';
import type { Exit } from './exits.ts';
import type { Finding, Spot } from './finding.ts';
import type { Numbers } from './normal-numbers.ts';
import type { Lead, Run } from './run.ts';
import type { Piece } from './schema-parts.ts';
import type { Flow, FlowNode, FlowSet, ValueInfo } from './set.ts';
import type { Doing, FlowEvent } from './state.ts';

/** Its literal `kind` is the word that stands in a flow file. */
export type NodeSchema<N extends FlowNode> = z.ZodType<N> &
  z.core.$ZodTypeDiscriminable & { shape: { kind: { value: string } } };

/** What is heard at one place of a node. */
export type Speech = { path: string[]; pieces: Piece[] };
/** A text with `{values}` in it that is not spoken. */
export type Text = { path: string[]; text: string };
/** A value that the node sets. */
export type Given = { name: string; info: ValueInfo; path: string[] };
/** Whom a node names. */
export type Asked = {
  planning?: string | undefined;
  person?: string | undefined;
  number?: string | undefined;
  path: string[];
};
/** How numbers and durations (ms) are written for that reader. */
export type Writing = { number(number: PhoneNumber): string; duration(ms: number): string };
/** How a visit to the node is told to a French reader: a note it wrote, and the sentence. Empty: it is not told. */
export type Telling = readonly [note: RegExp, tell: (node: string, detail: string, writing: Writing) => string];

/**
 * Methods are called with a node of their own kind alone: `kindOf` finds the kind by the node's own word.
 * What is left out means: nothing of the sort.
 */
export interface NodeKind<N extends FlowNode = FlowNode> {
  readonly schema: NodeSchema<N>;
  /** For whoever edits a flow file: editors show it. */
  readonly about: string;

  /** Where it leads. */
  exits(node: N, flow: Flow): Exit[];
  /** The call comes here. */
  enter(run: Run, node: N): Lead;
  /** Something happens while the call waits here. @returns undefined when it changes nothing */
  on?(run: Run, node: N, event: FlowEvent): Lead | undefined;
  /** After a restart, what was going on begins again; `enter` otherwise. */
  resume?(run: Run, node: N): Lead;

  /**
   * What a caller came for: `end`, the call ends here; `hunt`, somebody is rung; `recording`, a message is left. `return`: a called flow goes back.
   * The checks want a way to one of these, the line's self test goes to each.
   */
  readonly purpose?: 'end' | 'hunt' | 'recording' | 'return';
  /** Keys typed ahead: `answer` its question, or `pass` it by for a later one. Forgotten here otherwise. */
  readonly ahead?: 'answer' | 'pass';
  /** Whether this key alone is an answer here: it is then never taken for the end of the answer before. */
  isAnswer?(node: N, key: string): boolean;
  /** Where a caller goes on who has typed already what comes after this. */
  passedOver?(node: N): string;

  /** Numbers in E.164. */
  normal?(node: N, numbers: Numbers): N;
  speeches?(node: N): Speech[];
  texts?(node: N): Text[];
  values?(node: N): Given[];
  asked?(node: N): Asked[];
  /** Whom to ring in this order, level after level, when nobody can lead the call and ask what it is about. */
  lastResort?(node: N): Omit<Asked, 'path'>[];
  /** What the line says here by itself, in the flow's language unless a piece has its own: made ahead. People are spoken to in their line's language. */
  sayings?(node: N, languages: { flow: string; lines: readonly string[] }): Piece[];
  /** Rules of its own; that names exist and texts can be said is checked for all. */
  check?(spot: Spot<N>, draft: Draft): Finding[];

  readonly story?: readonly Telling[];
  /** How a visit without a note is told. */
  arrived?(flow: string, node: string): string;
  /** Keys that a caller could usefully press at its question, best first, for the self test; the empty string: nothing. */
  answers?(node: N, doing: Extract<Doing, { kind: 'asking' }>, set: FlowSet): string[];
}

/** Declares a kind. */
export const nodeKind = <S extends NodeSchema<FlowNode>>(
  kind: { schema: S } & NodeKind<S['_zod']['output']>,
): NodeKind<S['_zod']['output']> => kind;
