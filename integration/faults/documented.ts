import { readFileSync } from 'node:fs';
import type { Answer } from '../harness/plugin.ts';

const headings = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').matchAll(
  /^## ([a-z0-9-]+) \((\d+)\)$/gm,
);
const documented = new Map([...headings].map(([, name = '', code = '']) => [name, Number(code)]));

/**
 * What is wrong with the answer of a call that failed: it is one JSON document with a name and a code that the list of
 * errors has, and no bug's. `details` may say what could not be undone only where that is expected.
 */
export function errorFaults({ exitCode, stdout, json }: Answer, details: 'clean' | 'any' = 'clean'): readonly string[] {
  const { code, msg, details: said = '' } = json;
  const [, name = ''] = /\[([a-z0-9-]+)\]$/.exec(String(msg)) ?? [];
  // The plugin's own, passed on.
  const isKnown = documented.get(name) === code || (name === 'ipam-plugin-error' && typeof code === 'number');
  const isClean = details === 'any' || !String(said).includes('could not');
  const isSound = exitCode === 1 && isKnown && name !== 'internal-error' && isClean && stdout.endsWith('}\n');
  return isSound ? [] : [`it ended with ${exitCode} and said: ${stdout}`];
}
