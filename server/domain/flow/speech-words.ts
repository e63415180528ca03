// The words of a piece that is heard.
import type { Piece } from './schema-parts.ts';

/** The text that may hold `{values}`; empty for recordings and pauses. */
export const wordsOf = (piece: Piece): string => ('text' in piece ? piece.text : 'spell' in piece ? piece.spell : '');
