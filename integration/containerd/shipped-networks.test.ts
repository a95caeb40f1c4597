import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { Containerd } from './containerd.ts';
import { addresses, readDanFile } from './kata-network.ts';

const cwd = fileURLToPath(new URL('../../cni-conf/', import.meta.url));
const shipped = globSync('host-tap*.conflist', { cwd }).sort();

// As an operator does it: the file into Debian's conf_dir, the executable into Debian's bin_dir, and a bridge that has
// the gateways' addresses.
test.for(shipped)('cni-conf/%s works as it is in containerd', async (name) => {
  const text = readFileSync(`${cwd}${name}`, 'utf8');
  await using host = await Host.create();
  await host.sh('ip link add br0 type bridge');
  const noVlans = text.includes('"vlan"') && !(await filterVlans(host));
  await host.sh(`
    ip link set br0 up
    for address in 10.88.0.1/16 10.20.0.1/24 fd00:88::1/64; do ip address add "$address" dev br0 nodad; done`);
  const networks = { [`10-${name}`]: JSON.parse(text) as object };
  using containerd = await Containerd.start(host, { networks, plugins: [executable] });
  const { cri } = containerd;
  const run = cri.runPodSandbox({ name: 'pod', handler: 'kata' });
  if (noVlans) {
    // Not every kernel is built with it; then dan must say so.
    await expect(run).rejects.toThrow('this kernel was built without it (CONFIG_BRIDGE_VLAN_FILTERING)');
  } else {
    const id = await run;
    const { ip, additionalIps } = await cri.podSandboxStatus(id);
    expect([ip, ...additionalIps]).toEqual(addresses(await readDanFile(host, id)));
    using guest = await containerd.guest(id);
    await guest.text("ping -c 1 -W 5 $(ip -4 route show default | cut -d ' ' -f 3)");
    await host.sh(`ping -c 1 -W 5 ${ip}`);
    await cri.stopPodSandbox(id);
    await cri.removePodSandbox(id);
  }
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});

/** Puts the bridge itself into the VLAN of the shipped file; false where the kernel cannot. */
async function filterVlans(host: Host): Promise<boolean> {
  const { exitCode } = await host.run('ip', ['link', 'set', 'br0', 'type', 'bridge', 'vlan_filtering', '1']);
  if (exitCode === 0) await host.sh('bridge vlan add dev br0 vid 20 pvid untagged self');
  return exitCode === 0;
}

// The same behind a plugin of Debian, which makes its bridge and the gateways' addresses by itself.
test.for(globSync('tcfilter*.conflist', { cwd }).sort())('cni-conf/%s works as it is in containerd', async (name) => {
  await using host = await Host.create();
  const networks = { [`10-${name}`]: JSON.parse(readFileSync(`${cwd}${name}`, 'utf8')) as object };
  using containerd = await Containerd.start(host, { networks, plugins: [executable] });
  const { cri } = containerd;
  const id = await cri.runPodSandbox({ name: 'pod', handler: 'kata' });
  const { ip, additionalIps } = await cri.podSandboxStatus(id);
  expect([ip, ...additionalIps]).toEqual(addresses(await readDanFile(host, id)));
  {
    using guest = await containerd.guest(id);
    for (const family of ['-4', '-6']) {
      await guest.text(`ping -c 1 -W 5 $(ip ${family} route show default | cut -d ' ' -f 3)`);
    }
  }
  for (const address of [ip, ...additionalIps]) await host.sh(`ping -c 1 -W 5 ${address}`);
  await cri.stopPodSandbox(id);
  await cri.removePodSandbox(id);
  await expect.poll(() => traces(host), { timeout: 5000 }).toEqual([]);
});
