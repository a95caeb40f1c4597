import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entriesIn } from '../../../src/attach/sightings/entries.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-inventory-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const own = { name: 'eth0', cni: { network: 'kata-net', ifname: 'eth0' } };
const write = (name: string, content: unknown): void => {
  writeFileSync(join(directory, name), typeof content === 'string' ? content : JSON.stringify(content));
};

test('our entries are found beside entries of others, files of others and unreadable files', () => {
  write('sandbox-1.json', { netns: null, devices: [{ name: 'foreign' }, own] });
  write('foreign.json', { netns: null, devices: [{ name: 'eth0' }, { name: 'eth1', cni: 'mine' }] });
  write('half.json', '{"netns":');
  write('.sandbox-2.json.tmp', 'half');
  write('notes.txt', 'notes');
  write('$(reboot).json', { devices: [own] });
  mkdirSync(join(directory, 'directory.json'));
  const { found, faults } = entriesIn(directory);
  expect(found).toEqual([
    {
      identity: { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' },
      file: join(directory, 'sandbox-1.json'),
      entry: own,
      index: 1,
    },
  ]);
  expect(faults.map(({ why, ...place }) => place)).toEqual([
    { of: 'dan-file', file: join(directory, 'directory.json') },
    { of: 'dan-file', file: join(directory, 'half.json') },
  ]);
  expect(faults.map(({ why }) => why)).toEqual([
    expect.stringContaining('directory.json'),
    expect.stringContaining('half.json'),
  ]);
});

test('a missing directory has no entries', () => {
  expect(entriesIn(join(directory, 'missing'))).toEqual({ found: [], faults: [] });
});
