// Tables that only the server answers: no file can name them.

/** `caller code`: who the technician is, if the code is theirs. */
export const pinTable = '@pin';
/** Of a person: rows of number (empty: hidden, or not to be dialled), line and shown number, instant. */
export const callsTable = '@calls';
/** Of a person: the plannings that name them, each with the end of a duty taken now. */
export const dutiesTable = '@duties';
/** `person planning`: takes that duty. */
export const takeTable = '@take-duty';
