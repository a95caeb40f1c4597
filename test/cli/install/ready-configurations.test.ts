import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readyConfigurations } from '../../../src/cli/install/ready-configurations.ts';

const directory = new URL('../../../cni-conf/', import.meta.url);

it('every file of cni-conf is embedded, under its name, byte for byte', () => {
  const files = readdirSync(directory).filter((name) => name.endsWith('.conflist'));
  const there = files.map((name) => [name.replace('.conflist', ''), readFileSync(new URL(name, directory), 'utf8')]);
  expect(Object.fromEntries(readyConfigurations)).toEqual(Object.fromEntries(there));
});
