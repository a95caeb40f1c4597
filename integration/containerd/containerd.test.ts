import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { traces } from '../harness/traces.ts';
import { Containerd } from './containerd.ts';

// The harness itself, with Debian's own plugins: what fails here is no fault of dan.
const network = {
  cniVersion: '1.0.0',
  name: 'plain',
  plugins: [
    {
      type: 'bridge',
      bridge: 'br0',
      isGateway: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }], [{ subnet: 'fd00:1::/64' }]] },
    },
  ],
};
const networks = { '10-plain.conflist': network };

test.for(['runc', 'kata'])(
  'a sandbox of handler %s gets addresses, stops twice, and leaves nothing',
  async (handler) => {
    await using host = await Host.create();
    using containerd = await Containerd.start(host, { networks });
    const { cri } = containerd;
    const id = await cri.runPodSandbox({ name: 'pod', handler, annotations: { kind: 'test' } });
    expect(await cri.podSandboxStatus(id)).toMatchObject({
      ip: '10.1.0.2',
      additionalIps: ['fd00:1::2'],
      ready: true,
      info: { cniResult: { Interfaces: { eth0: { IPConfigs: [{ IP: '10.1.0.2' }, { IP: 'fd00:1::2' }] } } } },
    });
    // runc goes on a moment before its container becomes the program that it runs.
    await expect
      .poll(() => traces(host), { timeout: 5000 })
      .toEqual(expect.arrayContaining(['process busybox', expect.stringMatching(/^link veth/)]));

    await cri.stopPodSandbox(id);
    expect(await cri.podSandboxStatus(id)).toMatchObject({ ip: '', ready: false });
    await cri.stopPodSandbox(id);
    await cri.removePodSandbox(id);
    await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
  },
);

test('a host that ends with sandboxes in it leaves no cgroup on the machine', async () => {
  const host = await Host.create();
  const cgroups = (): string[] => globSync([`/sys/fs/cgroup${host.cgroup}`, `/sys/fs/cgroup/*${host.cgroup}`]);
  try {
    using containerd = await Containerd.start(host, { networks });
    await Promise.all(['one', 'two', 'three'].map((name) => containerd.cri.runPodSandbox({ name })));
    expect(cgroups()).not.toEqual([]);
  } finally {
    await host[Symbol.asyncDispose]();
  }
  expect(cgroups()).toEqual([]);
});

test('containerd that cannot start says why', async () => {
  await using host = await Host.create();
  const networkOfNobody = { '10-none.conflist': { cniVersion: '1.0.0', name: 'none', plugins: [] } };
  const start = Containerd.start(host, { networks: networkOfNobody, confDir: '/etc/cni/other.d', patienceSeconds: 1 });
  await expect(start).rejects.toThrow(/NetworkReady.*cni/);
});
