import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { networkBehind } from '../tcfilter/networks.ts';
import { Containerd } from './containerd.ts';
import { readDanFile } from './kata-network.ts';

test('pods with two networks behind other plugins start, though containerd attaches both at the same moment', async () => {
  await using host = await Host.create();
  const networks = {
    '10-first.conflist': networkBehind({ type: 'bridge', bridge: 'cni1' }, 'first', '10.89.0.0/16'),
    '20-second.conflist': networkBehind({ type: 'ptp' }, 'second', '10.90.0.0/16'),
  };
  using containerd = await Containerd.start(host, { networks, maxConfNum: 2, plugins: [executable] });
  const { cri } = containerd;
  const names = Array.from({ length: 10 }, (_, index) => `pod-${index}`);
  const ids = await Promise.all(names.map((name) => cri.runPodSandbox({ name, handler: 'runc' })));
  for (const id of ids) {
    const { devices } = await readDanFile(host, id);
    expect(devices.map(({ name }) => name).sort()).toEqual(['eth0', 'eth1']);
  }
  await Promise.all(ids.map((id) => cri.stopPodSandbox(id)));
  await Promise.all(ids.map((id) => cri.removePodSandbox(id)));
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});
