import { expect, test } from 'vitest';
import { sendToGuest, sendToHost } from '../guest/transfer.ts';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, makeBridge } from '../host-tap/network.ts';
import { Containerd } from './containerd.ts';
import { addresses, kataNetwork, readDanFile } from './kata-network.ts';

const options = { networks: { '10-kata-net.conflist': kataNetwork() }, plugins: [executable] };

test('a pod has the addresses of its DAN file, its guest is reached at them, and nothing of it stays', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const before = await bridgeIdentity(host);
  using containerd = await Containerd.start(host, options);
  const { cri } = containerd;
  const id = await cri.runPodSandbox({ name: 'pod', handler: 'kata' });

  const file = await readDanFile(host, id);
  expect(addresses(file)).toEqual(['10.88.0.2', 'fd00:88::2']);
  expect(await cri.podSandboxStatus(id)).toMatchObject({ ip: '10.88.0.2', additionalIps: ['fd00:88::2'], ready: true });
  {
    using guest = await containerd.guest(id);
    expect(JSON.parse(await guest.text('ip -json address show dev eth0'))).toMatchObject([
      {
        address: file.devices[0]?.guest_mac,
        addr_info: [{ local: '10.88.0.2', prefixlen: 24 }, { local: 'fd00:88::2', prefixlen: 64 }, { scope: 'link' }],
      },
    ]);
    await guest.text('ping -c 1 -W 5 10.88.0.1 && ping -c 1 -W 5 fd00:88::1');
  }
  await host.sh('ping -c 1 -W 5 10.88.0.2; ping -c 1 -W 5 fd00:88::2');
  expect(await traces(host)).toContain('process qemu-system-x86_64');
  expect(await bridgeIdentity(host)).toBe(before);

  await cri.stopPodSandbox(id);
  expect(await traces(host)).not.toContainEqual(expect.stringMatching(/^link|^process qemu|dans|attachments|networks/));
  await cri.stopPodSandbox(id);
  await cri.removePodSandbox(id);
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
  expect(await bridgeIdentity(host)).toBe(before);
});

test('TCP carries 16 MiB to a pod and from it unharmed, over both families', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  using containerd = await Containerd.start(host, options);
  using guest = await containerd.guest(await containerd.cri.runPodSandbox({ name: 'pod', handler: 'kata' }));
  for (const [pod, gateway] of [
    ['10.88.0.2', '10.88.0.1'],
    ['fd00:88::2', 'fd00:88::1'],
  ] as const) {
    const toPod = await sendToGuest(host, guest, pod, 16);
    expect(toPod.received).toBe(toPod.sent);
    const fromPod = await sendToHost(host, guest, gateway, 16);
    expect(fromPod.received).toBe(fromPod.sent);
  }
});

test('two pods on one bridge reach each other, and one outlives the other', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  using containerd = await Containerd.start(host, options);
  const { cri } = containerd;
  const ids = await Promise.all(['one', 'two'].map((name) => cri.runPodSandbox({ name, handler: 'kata' })));
  const [first, second] = ids as [string, string];
  const [here, there] = [addresses(await readDanFile(host, first)), addresses(await readDanFile(host, second))];
  expect(new Set([...here, ...there]).size).toBe(4);
  using guest = await containerd.guest(first);
  for (const address of there) await guest.text(`ping -c 1 -W 5 ${address}`);

  await cri.stopPodSandbox(second);
  await cri.removePodSandbox(second);
  for (const address of here) await host.sh(`ping -c 1 -W 5 ${address}`);
  expect(addresses(await readDanFile(host, first))).toEqual(here);
});

test('a pod whose tap has gone fails with the reason of the reader, and leaves nothing', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const before = await bridgeIdentity(host);
  // dan, and then somebody who takes the tap away before the virtual machine starts.
  const plugin = `${host.directory}/dan`;
  const script = `#!/bin/sh
    ${executable}; code=$?
    if [ "$CNI_COMMAND" = ADD ]; then ip link del "$(ip -o link show type tun | cut -d ' ' -f 2 | tr -d :)"; fi
    exit $code`;
  await host.run('sh', ['-c', `cat >${plugin}; chmod 755 ${plugin}`], { input: script });
  using containerd = await Containerd.start(host, { ...options, plugins: [plugin] });

  const run = containerd.cri.runPodSandbox({ name: 'pod', handler: 'kata' });
  await expect(run).rejects.toThrow(/RunPodSandbox: .*tap dan[0-9a-f]+ is not in the host's network namespace/);
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
  expect(await bridgeIdentity(host)).toBe(before);
});
