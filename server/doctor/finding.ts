// What the doctor says of one thing it looked at. Pure words: who looks stands in the files beside.

/** `bad`: callers suffer, or will. `warning`: somebody should look. */
export type State = 'good' | 'warning' | 'bad';

export type Said = { fr: string; en: string };

export type Finding = {
  /** What was looked at: a word that does not change, for programs. */
  check: string;
  state: State;
  says: Said;
  /** What to do about it. Absent when all is well. */
  mend?: Said;
};

export const said = (fr: string, en: string): Said => ({ fr, en });

export const well = (check: string, says: Said): Finding => ({ check, state: 'good', says });
export const warns = (check: string, says: Said, mend: Said): Finding => ({ check, state: 'warning', says, mend });
export const ails = (check: string, says: Said, mend: Said): Finding => ({ check, state: 'bad', says, mend });

/** 1 when anything is bad; warnings are told, and ask for nothing. */
export const exitCode = (findings: readonly Finding[]): 0 | 1 =>
  findings.some(({ state }) => state === 'bad') ? 1 : 0;
