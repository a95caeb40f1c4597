import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge } from '../host-tap/network.ts';
import { Containerd } from './containerd.ts';
import { kataNetwork } from './kata-network.ts';

// What the documents say of the containerd of Debian 12.
test('containerd 1.6 fails the ADD of a list that says CNI 1.1.0 alone, and leaves nothing', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  expect(await host.sh('containerd --version')).toMatch(/ v?1\.6\./);
  const networks = { '10-kata-net.conflist': { ...kataNetwork(), cniVersion: '1.1.0', cniVersions: undefined } };
  using containerd = await Containerd.start(host, { networks, plugins: [executable] });
  await expect(containerd.cri.runPodSandbox({ name: 'pod', handler: 'runc' })).rejects.toThrow(
    'unsupported CNI result version "1.1.0"',
  );
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});
