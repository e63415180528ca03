// Texts with values in them: `Code postal {postcode}.`

const pattern = /\{([a-z][A-Za-z0-9_]*)\}/g;

/** Names of what every call knows by itself and may be said. */
export const builtIn: ReadonlySet<string> = new Set(['called', 'caller', 'line']);

export const namesIn = (text: string): string[] => [...text.matchAll(pattern)].map((found) => found[1] ?? '');
export const hasTemplate = (text: string): boolean => namesIn(text).length > 0;
export const fill = (text: string, value: (name: string) => string): string =>
  text.replace(pattern, (_, name: string) => value(name));

/** Splits `Code {postcode}.` into `Code `, postcode, `.`: every second part is a name. */
export const split = (text: string): string[] => text.split(pattern);

/** A brace that opens no value: most likely a slip. */
export const strayBrace = (text: string): boolean => /[{}]/.test(text.replace(pattern, ''));
