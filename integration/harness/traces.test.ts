import { afterAll, beforeAll, expect, it } from 'vitest';
import { Host } from './host.ts';
import { traces } from './traces.ts';

let host: Host;
beforeAll(async () => {
  host = await Host.create();
});
afterAll(() => host[Symbol.asyncDispose]());

it.each([
  ['links, but no bridge', 'ip link add br0 type bridge; ip tuntap add t0 mode tap', ['link t0'], 'ip link del t0'],
  ['network namespaces', 'ip netns add pod', ['netns pod'], 'ip netns del pod'],
  [
    'files, but not what host-local keeps',
    `mkdir -p /run/dan/attachments /run/kata-containers/dans /var/lib/cni/networks/n
     cd /var/lib/cni/networks/n; touch lock last_reserved_ip.0 10.0.0.1 /run/dan/attachments/a.json /run/kata-containers/dans/s.json`,
    [
      'file /run/kata-containers/dans/s.json',
      'file /run/dan/attachments/a.json',
      'file /var/lib/cni/networks/n/10.0.0.1',
    ],
    'rm -r /run/dan /run/kata-containers /var/lib/cni',
  ],
])('finds %s, and nothing once they are gone', async (_what, make, found, remove) => {
  await host.sh(make);
  expect(await traces(host)).toEqual(found);
  await host.sh(remove);
  expect(await traces(host)).toEqual([]);
});

it('finds the processes and cgroups of sandboxes', async () => {
  const others = host.spawn('sleep', ['1000'], { reject: false });
  const node = host.spawn(process.execPath, ['-e', 'setTimeout(() => 0, 1e6)'], { reject: false });
  // Each is another program before it is this one.
  await expect.poll(() => traces(host)).toEqual(['process node']);
  await host.sh('pkill -f setTime[o]ut; pkill sleep');
  await Promise.all([node, others]);
  const made = await host.sh(
    `for top in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir -p $top${host.cgroup}/box 2>/dev/null && echo $top${host.cgroup}/box && break; done`,
  );
  expect(await traces(host)).toEqual([`cgroup ${made}`]);
  await host.sh(`rmdir ${made}`);
  expect(await traces(host)).toEqual([]);
});
