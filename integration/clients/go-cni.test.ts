import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { traces } from '../harness/traces.ts';
import { networkBehind } from '../tcfilter/networks.ts';
import { type ConfList, danDevices, installPlugins, makeBridge, type Plugins, writeLists } from './node.ts';
import { program } from './programs.ts';

type Command = 'setup' | 'setup-serially' | 'check' | 'remove';

/** A call for a pod of containerd's library: the id is also the name of its namespace. */
type Call = (command: Command, id: string) => Promise<Finished>;

const cniVersions = { cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] };

/** A separate network on `br0`. */
function hostTaps(name: string, subnet: string): ConfList {
  const ipam = { type: 'host-local', ranges: [[{ subnet }]] };
  return { ...cniVersions, name, plugins: [{ type: 'dan', device: 'host-tap', bridge: 'br0', ipam }] };
}

const behindBridge = networkBehind({ type: 'bridge', bridge: 'cni0' }, 'first', '10.89.0.0/16');
const behindPtp = networkBehind({ type: 'ptp' }, 'second', '10.90.0.0/16');

async function client(host: Host, plugins: Plugins, lists: readonly ConfList[]): Promise<Call> {
  await makeBridge(host);
  const directory = await installPlugins(host, plugins);
  const configurations = await writeLists(host, '/run/net.d', lists);
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CNI_PATH: directory };
  return (command, id) => {
    const args = [command, configurations, String(lists.length), id, `/run/netns/${id}`];
    return host.run(program('go-cni', 'go-cni'), args, { env });
  };
}

/** Makes calls for all pods at once, which must succeed. Returns their outputs. */
async function all(call: Call, command: Command, pods: readonly string[]): Promise<readonly string[]> {
  const finished = await Promise.all(pods.map((id) => call(command, id)));
  const failed = finished.filter(({ exitCode }) => exitCode !== 0).map(({ stderr }) => stderr);
  expect(failed).toEqual([]);
  return finished.map(({ stdout }) => stdout);
}

async function makePods(host: Host, count: number): Promise<readonly string[]> {
  const pods = Array.from({ length: count }, (_, index) => `pod-${index}`);
  for (const pod of pods) await host.podNetns(pod);
  return pods;
}

const noPods = (pods: readonly string[]): readonly string[] => pods.map((pod) => `netns ${pod}`).sort();

const origins: readonly Plugins[] = ['debian', 'newest'];

/** Two networks for each pod, which the client sets up at the same moment: each dan waits for the other one. */
const pairs: readonly { readonly what: string; readonly lists: readonly ConfList[]; readonly isChecked: boolean }[] = [
  {
    what: 'two host-taps',
    lists: [hostTaps('first', '10.89.0.0/16'), hostTaps('second', '10.90.0.0/16')],
    isChecked: true,
  },
  // bridge's own CHECK fails once another port changes the MAC of its bridge.
  {
    what: 'tcfilter behind bridge and a host-tap',
    lists: [behindBridge, hostTaps('second', '10.90.0.0/16')],
    isChecked: false,
  },
  { what: 'tcfilter behind bridge and behind ptp', lists: [behindBridge, behindPtp], isChecked: false },
];

const everyPair = origins.flatMap((plugins) => pairs.map((pair) => ({ plugins, ...pair })));

test.for(everyPair)(
  'go-cni sets up and removes $what of a pod at the same moment with $plugins plugins',
  async ({ plugins, lists, isChecked }) => {
    await using host = await Host.create();
    const call = await client(host, plugins, lists);
    const pods = await makePods(host, 50);
    const addresses = (await all(call, 'setup', pods)).map((line) => JSON.parse(line) as Record<string, string[]>);
    const devices = await danDevices(host);
    expect(Object.keys(devices).sort()).toEqual([...pods].sort());
    // The order of the two is random.
    for (const pod of pods) expect(devices[pod]!.map(({ name }) => name).sort()).toEqual(['eth0', 'eth1']);
    const unique = new Set(addresses.flatMap(({ eth0 = [], eth1 = [] }) => [...eth0, ...eth1]));
    expect(unique.size).toBe(2 * pods.length);
    if (isChecked) await all(call, 'check', pods);
    await all(call, 'remove', pods);
    expect([...(await traces(host))].sort()).toEqual(noPods(pods));
  },
);

test('go-cni sets up tcfilter behind bridge and then host-tap, one after the other', async () => {
  await using host = await Host.create();
  // With its own MAC: otherwise it gets that of a port, and bridge's CHECK fails when another port is added.
  await host.sh('ip link add cni0 address 02:00:00:00:00:01 type bridge');
  const call = await client(host, 'newest', [behindBridge, hostTaps('second', '10.90.0.0/16')]);
  const pods = await makePods(host, 5);
  await all(call, 'setup-serially', pods);
  const devices = await danDevices(host);
  for (const pod of pods) expect(devices[pod]!.map(({ name }) => name)).toEqual(['eth0', 'eth1']);
  await all(call, 'check', pods);
  await all(call, 'remove', pods);
  expect([...(await traces(host))].sort()).toEqual(noPods(pods));
});
