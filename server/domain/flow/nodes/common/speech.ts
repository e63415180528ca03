// Where a node speaks: the places of its speeches and of its texts, as the kinds tell them.
import type { Speech, Text } from '../../kind.ts';
import type { Piece } from '../../schema-parts.ts';

export const speech = (path: string[], pieces: Piece[] | undefined): Speech[] => (pieces ? [{ path, pieces }] : []);

/** Of a node that says one thing. */
export const said = ({ say }: { say?: Piece[] | undefined }): Speech[] => speech(['say'], say);

export const text = (name: string, written: string | undefined): Text[] =>
  written === undefined ? [] : [{ path: [name], text: written }];
