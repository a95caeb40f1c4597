import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { attach, danFile } from './chain.ts';
import { namespaceOf } from './guests.ts';
import { prepareHost, readers, tcfilterNetwork } from './networks.ts';

const sandbox = 'sandbox-1';
const file = danFile({ sandbox });

/** A host with a pod attached behind a bridge. */
async function attached(runtime: (typeof readers)[number], changes: Readonly<Record<string, unknown>> = {}) {
  const host = await Host.create();
  await prepareHost(host, 'bridge');
  const network = tcfilterNetwork({ plugin: 'bridge', runtime, changes });
  await attach({ host, network, sandbox, netns: await host.podNetns('pod') });
  return host;
}

/** Removes the namespace's name while the namespace still exists, so that nobody can enter it any more. */
async function hidePod(host: Host): Promise<void> {
  const inside = host.spawn('ip', ['netns', 'exec', 'pod', 'sh', '-c', 'echo ready; exec sleep inf'], {
    reject: false,
  });
  await new Promise((resolve) => inside.stdout?.once('data', resolve));
  await host.sh('ip netns del pod');
}

test('a guest for runtime-rs boots and is reached although nobody can enter the namespace of its pod', async () => {
  await using host = await attached('runtime-rs');
  await hidePod(host);
  await using guest = await bootFromFile({ host, file });
  await host.sh('ping -c 1 -W 5 10.88.0.2; ping -c 1 -W 5 fd00:88::2');
  const qemu = await namespaceOf(host, `/proc/$(cat ${guest.directory}/qemu.pid)/ns/net`);
  expect(qemu).toBe(await namespaceOf(host, '/proc/self/ns/net'));
});

test('a guest for the generic reader runs in the namespace of its pod', async () => {
  await using host = await attached('generic');
  await using guest = await bootFromFile({ host, file });
  await host.sh('ping -c 1 -W 5 10.88.0.2; ping -c 1 -W 5 fd00:88::2');
  const qemu = await namespaceOf(host, `/proc/$(cat ${guest.directory}/qemu.pid)/ns/net`);
  expect(qemu).toBe(await namespaceOf(host, '/run/netns/pod'));
  expect(qemu).not.toBe(await namespaceOf(host, '/proc/self/ns/net'));
});

test('the generic reader needs that namespace', async () => {
  await using host = await attached('generic');
  await hidePod(host);
  await expect(bootFromFile({ host, file })).rejects.toThrow(/^tap dan\w+ is not in the network namespace .*pod \(/);
});

test.for(readers)('two queue pairs are both in use, reader %s', async (runtime) => {
  await using host = await attached(runtime, { queues: 2 });
  await using guest = await bootFromFile({ host, file });
  await host.sh('ping -c 1 -W 5 10.88.0.2; ping -c 1 -W 5 fd00:88::2');
  expect(await guest.text('ls /sys/class/net/eth0/queues')).toBe('rx-0\nrx-1\ntx-0\ntx-1');
});
