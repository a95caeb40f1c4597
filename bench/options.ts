import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type SectionName, sectionNames } from './report/result.ts';

/** The task of the benchmark. */
export type Options =
  | {
      readonly task: 'measure';
      readonly rounds: number;
      readonly seed: number;
      readonly sections: readonly SectionName[];
      readonly program: string;
    }
  | { readonly task: 'compare'; readonly a: string; readonly b: string };

/** The usage text. */
const usage = `npm run bench -- [--rounds N] [--seed N] [--only SECTION,...] [--program PATH]
npm run bench -- --compare RESULT.json RESULT.json
sections: ${sectionNames.join(', ')}`;

/** Parses the command line; `program` and `seed` are defaults. */
export function parseOptions(words: readonly string[], program: string, seed: number): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(seed) },
      only: { type: 'string' },
      program: { type: 'string', default: program },
      compare: { type: 'boolean', default: false },
    },
  });
  const [a, b, ...more] = positionals;
  if (values.compare) {
    if (a === undefined || b === undefined || more.length > 0) throw new Error(`--compare takes two results\n${usage}`);
    return { task: 'compare', a, b };
  }
  if (a !== undefined) throw new Error(`${a}: nothing can be made of this\n${usage}`);
  return {
    task: 'measure',
    rounds: wholeNumber('--rounds', values.rounds, 1),
    seed: wholeNumber('--seed', values.seed, 0),
    sections: values.only === undefined ? sectionNames : sectionsOf(values.only),
    program: resolve(values.program),
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`${option} ${text}: it takes a whole number from ${least} on\n${usage}`);
}

/** The named sections, in the order in which they run. */
function sectionsOf(text: string): readonly SectionName[] {
  const names = text.split(',');
  const unknown = names.find((name) => !sectionNames.some((section) => section === name));
  if (unknown !== undefined) throw new Error(`--only ${text}: there is no section "${unknown}"\n${usage}`);
  return sectionNames.filter((section) => names.includes(section));
}
