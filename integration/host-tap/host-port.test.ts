import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { pluginDirectory } from '../harness/install.ts';
import { callPlugin } from '../harness/plugin.ts';
import { bootFromNode } from '../macvtap/boot-from-node.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { prepareHost, tcfilterNetwork } from '../tcfilter/networks.ts';
import { makeBridge, networkConfig } from './network.ts';

// What docs/devices.md says about hostPort and kubectl port-forward.

const file = '/run/kata-containers/dans/sandbox-1.json';

type Plugin = Readonly<Record<string, unknown>>;

const portmap: Plugin = {
  type: 'portmap',
  runtimeConfig: { portMappings: [{ hostPort: 8080, containerPort: 80, protocol: 'tcp' }] },
};
const [bridge, tcfilter] = tcfilterNetwork({ plugin: 'bridge' }).plugins;
const lists: readonly (readonly [what: string, plugins: readonly Plugin[]])[] = [
  ['portmap behind dan with a host-tap', [networkConfig(), portmap]],
  ['portmap behind dan with tcfilter', [bridge, tcfilter, portmap]],
  ['portmap before dan with tcfilter', [bridge, portmap, tcfilter]],
  ['portmap behind dan with macvtap', [bridge, { ...tcfilter, device: 'macvtap', runtime: 'generic' }, portmap]],
];

/** Calls the plugins of a list like libcni, and returns the last result. */
async function attach(host: Host, plugins: readonly Plugin[], netns: string): Promise<object> {
  let result: object | undefined;
  for (const plugin of plugins) {
    const config = {
      ...plugin,
      cniVersion: '1.0.0',
      name: 'pod-net',
      ...(result === undefined ? {} : { prevResult: result }),
    };
    const program =
      plugin['type'] === 'dan' ? {} : { program: [`${pluginDirectory}/${String(plugin['type'])}`] as const };
    const { exitCode, stdout, json } = await callPlugin(host, { command: 'ADD', config, netns, ...program });
    expect(exitCode, stdout).toBe(0);
    result = json;
  }
  return result ?? {};
}

test.for(lists)('a hostPort leads to the guest, and port-forward finds nobody: %s', async ([, plugins]) => {
  await using host = await Host.create();
  await (plugins.includes(bridge) ? prepareHost(host, 'bridge') : makeBridge(host));
  await host.podNetns('client');
  await host.sh(`
    echo 1 >/proc/sys/net/ipv4/ip_forward
    ip link add uplink type veth peer name eth0 netns client
    ip addr add 192.0.2.1/24 dev uplink
    ip link set uplink up
    ip -n client addr add 192.0.2.2/24 dev eth0
    ip -n client link set eth0 up`);
  await attach(host, plugins, await host.podNetns('pod'));
  const isMacvtap = plugins.some(({ device }) => device === 'macvtap');
  await using guest = await (isMacvtap ? bootFromNode(host, file) : bootFromFile({ host, file }));
  await guest.text(`
    busybox nc -ll -p 80 -e echo hello >/dev/null 2>&1 &
    until busybox netstat -ltn | grep -q :80; do busybox usleep 50000; done`);
  const ask = (netns: string, address: string) =>
    host.run('ip', ['netns', 'exec', netns, 'busybox', 'nc', '-w', '5', ...address.split(' ')], { input: '' });
  expect(await ask('client', '192.0.2.1 8080')).toMatchObject({ exitCode: 0, stdout: 'hello\n' });
  // The container runtime connects to localhost in the pod's namespace.
  await host.sh('ip -n pod link set lo up');
  expect(await ask('pod', '127.0.0.1 80')).toMatchObject({ exitCode: 1, stdout: '' });
});
