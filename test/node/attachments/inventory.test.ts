import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readInventory } from '../../../src/node/attachments/inventory.ts';
import type { OvsDatabase } from '../../../src/model/ovs.ts';

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

test('a place that cannot be read is told, and the others are read', async () => {
  write('sandbox-1.json', { netns: null, devices: [own] });
  const database = 'unix:/nonexistent/db.sock' as OvsDatabase;
  const { items, faults } = await readInventory(
    { danConfs: [directory], databases: [database] },
    { timeoutSeconds: 10 },
  );
  expect(items.filter(({ entry }) => entry?.file.startsWith(directory) === true)).toMatchObject([
    { identity: { sandbox: 'sandbox-1' }, record: undefined, links: [], port: undefined },
  ]);
  expect(faults).toContainEqual({ of: 'ovs', database, why: expect.any(String) });
});
