// Asterisk's configuration syntax, and nothing of what is configured: sections, keys, and values that cannot break out of their line.

/** `[name]` with its lines. A key may come several times. */
export type Section = { name: string; lines: readonly (readonly [key: string, value: string | number])[] };

/** True when a text can stand as a value: no control character (a line break would begin a line of its own) and no outer blanks. */
export const isValue = (text: string): boolean => !/\p{Cc}/u.test(text) && text === text.trim() && text.length < 4000;

/** True when a text can stand as a section's name and as part of another value. */
export const isName = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(text);

/** True for an absolute path that means nothing to the dialplan: no comma, `$`, `&`, quote, blank or `..`. */
export const isPath = (text: string): boolean =>
  /^\/[\p{L}\p{N}/._@+-]*$/u.test(text) && !text.split('/').includes('..');

/** The text of a file. Whatever comes from outside was checked before: a value that breaks the line is our bug, so it throws. */
export function conf(about: string, ...sections: Section[]): string {
  return `; Written by Vigie: changes made here are lost. ${about}\n${sections.map(section).join('')}`;
}

function section({ name, lines }: Section): string {
  if (!isName(name)) throw new Error(`not a section name: ${JSON.stringify(name)}`);
  return `\n[${name}]\n${lines.map(([key, value]) => `${key} = ${escaped(String(value))}\n`).join('')}`;
}

/** `;` begins a comment unless a backslash stands before it (Asterisk main/config.c). */
function escaped(value: string): string {
  if (!isValue(value)) throw new Error('a configuration value must be one line without outer blanks');
  return value.replaceAll(';', '\\;');
}
