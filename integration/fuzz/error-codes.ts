import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');

/** The codes of the errors in docs/errors.md, by stable name. */
export const documentedErrors: ReadonlyMap<string, number> = new Map(
  [...page.matchAll(/^## (\S+) \((\d+)\)$/gm)].map(([, name = '', code]) => [name, Number(code)]),
);
