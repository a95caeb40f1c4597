import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';

// host-local validates its section before it does anything, even for a release, so ADD could not undo its call.
test('a fault in the part of the IPAM plugin is corrected: DEL works again, and so does ADD', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  const corrected = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
  const faulty = { ...corrected, ipam: { ...hostLocal, routes: [{ dst: 'x.0.0.0/0' }] } };

  const refused = await callPlugin(host, { command: 'ADD', config: faulty, netns });
  expect(refused).toMatchObject({ exitCode: 1, json: { msg: expect.stringContaining('IPAM plugin host-local') } });
  for (const command of ['DEL', 'ADD', 'DEL'] as const) {
    const { exitCode, stdout } = await callPlugin(host, { command, config: corrected, netns });
    expect(exitCode, `${command}: ${stdout}`).toBe(0);
  }
  expect(await traces(host)).toEqual(before);
});
