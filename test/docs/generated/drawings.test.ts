import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { draw } from './drawing.ts';

// `npm run docs` draws them again; here they must correspond to their sources.

const directory = fileURLToPath(new URL('../../../docs/drawings/', import.meta.url));
const sources = globSync('*.dot', { cwd: directory }).map((file) => basename(file, '.dot'));

test.each(sources.flatMap((name) => (['light', 'dark'] as const).map((theme) => ({ name, theme }))))(
  'docs/drawings/$name-$theme.svg is what docs/drawings/$name.dot says',
  async ({ name, theme }) => {
    const dot = readFileSync(`${directory}${name}.dot`, 'utf8');
    await expect(await draw(dot, theme)).toMatchFileSnapshot(`${directory}${name}-${theme}.svg`);
  },
);
