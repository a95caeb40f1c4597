import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { programs } from '../harness/plugin.ts';
import { Bench } from './bench.ts';
import { inside } from './faults.ts';
import { callKilledAt } from './killed-at.ts';
import { removeEmptyLeases } from './leases.ts';

test('the DAN file that two networks share is the old one or the new one, whenever it is read', async () => {
  await using bench = await Bench.create('host-tap');
  const { host, call } = bench;
  expect((await bench.run('ADD', bench.callOfResident())).exitCode).toBe(0);
  await bench.remember();
  const path = inside(host, '/run/kata-containers/dans/sandbox-1.json');
  const seen = new Map<string, number>();
  const over = new AbortController();
  const reading = (async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { devices } = JSON.parse(readFileSync(path, 'utf8')) as { devices: readonly { name: string }[] };
      const names = devices.map(({ name }) => name).join(' ');
      seen.set(names, (seen.get(names) ?? 0) + 1);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  try {
    for (let round = 0; round < 20; round += 1) {
      // From before the file is touched until after.
      for (const command of ['ADD', 'DEL'] as const)
        await callKilledAt(host, call(command), {
          seconds: 0.02 + 0.004 * round,
          scope: 'alone',
          dan: programs.rtnetlink,
        });
      expect((await bench.run('DEL')).exitCode).toBe(0);
      removeEmptyLeases(bench.host);
    }
    // However slow the machine is, both are seen once.
    for (const command of ['ADD', 'DEL'] as const) expect((await bench.run(command)).exitCode).toBe(0);
  } finally {
    over.abort();
    await reading;
  }
  expect([...seen.keys()].sort()).toEqual(['net9', 'net9 eth0']);
  expect(await bench.differences()).toEqual([]);
});
