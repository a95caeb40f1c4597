import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { readWithoutPod } from '../../src/config/network.ts';
import { parseInput } from '../../src/protocol/input.ts';
import { readResult } from '../../src/protocol/result.ts';
import { readRuntimeRs } from '../../src/reader/runtime-rs.ts';
import { reasonsText } from '../reader/reasons.ts';
import { blocksOf, nameOf, pages, readPage } from './blocks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const blocks = pages.flatMap(blocksOf);
const inLanguage = (language: string) =>
  blocks.filter((block) => block.language === language).map((block) => [nameOf(block), block.text] as const);

/** Languages of blocks that are parsed or run; a block without one is a drawing, or the output of a program. */
const known = new Set(['', 'json', 'sh', 'toml', 'yaml']);

describe('a block of the documentation', () => {
  it.each(blocks.map((block) => [nameOf(block), block.language]))(
    '%s is in a language that is looked at',
    (_, language) => {
      expect(known).toContain(language);
    },
  );

  it.each(inLanguage('json'))('%s is what its readers take', (_, text) => {
    const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if ('devices' in value) expectDanFile(text);
    else if ('plugins' in value || value['type'] === 'dan') expectNetwork(value);
    else if ('interfaces' in value) readResult(value);
    else throw new Error('this is no DAN file, no network configuration and no CNI result: what is it?');
  });

  it.each(inLanguage('toml'))('%s is TOML', (_, text) => {
    parseToml(text);
  });
});

function expectDanFile(text: string): void {
  const reading = readRuntimeRs(text);
  if (!reading.accepted) throw new Error(reasonsText(reading.refusals));
  for (const { altered, dropped } of reading.devices) {
    expect([...altered, ...dropped]).toEqual([]);
  }
}

function expectNetwork(value: Readonly<Record<string, unknown>>): void {
  const list = Array.isArray(value['plugins']) ? (value['plugins'] as readonly object[]) : [value];
  const plugins = list.filter((plugin) => 'type' in plugin && plugin.type === 'dan');
  expect(plugins).not.toEqual([]);
  for (const plugin of plugins) {
    // As libcni does with a list: each plugin gets the list's name and version.
    const { name = 'net', cniVersion = '1.0.0' } = value;
    const { document } = parseInput(new TextEncoder().encode(JSON.stringify({ ...plugin, name, cniVersion })));
    readWithoutPod(document);
  }
}

const links = pages.flatMap((page) =>
  [...readPage(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)].map(([, path = '', anchor = '']) => ({
    page,
    target: path === '' ? page : normalize(join(dirname(page), path)),
    anchor: anchor.slice(1),
  })),
);

describe('a link of the documentation', () => {
  it.each(links.map(({ page, target, anchor }) => [page, target, anchor]))(
    'in %s leads to %s#%s',
    (_, target, anchor) => {
      expect(existsSync(join(root, target)), target).toBe(true);
      if (anchor !== '') expect(anchorsOf(target)).toContain(anchor);
    },
  );
});

/** The anchors of a page's headings, as code hosting sites generate them. */
function anchorsOf(page: string): readonly string[] {
  return [...readPage(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}
