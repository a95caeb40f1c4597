import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BridgeView, bridgeFacts } from '../../src/kinds/bridge.ts';
import { planHostTap } from '../../src/kinds/host-tap.ts';
import { vlanFaults } from '../../src/kinds/tap-vlans.ts';
import { type Step, stepOf } from '../../src/host/operation-text.ts';
import { toLink, toVlans } from '../../src/host/iproute/answers.ts';
import { deriveNames } from '../../src/model/identity.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import { isOfKernel } from '../../src/model/operation.ts';
import type { VlanRange } from '../../src/model/vlan.ts';
import type { QueuePairs } from '../../src/model/queues.ts';
import type { JsonObject } from '../../src/json/object.ts';
import { Guest } from '../guest/guest.ts';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from './network.ts';

const bridge = 'br0' as InterfaceName;

// Not every kernel that runs these tests filters VLANs on a bridge, but the guest's does. dan's operations on a node
// are carried out there unchanged.
describe('VLANs of a port, on a kernel that has them', () => {
  let host: Host;
  let guest: Guest;

  beforeAll(async () => {
    host = await Host.create();
    guest = await Guest.boot({ host, mayContinue: true });
    await guest.text('ip link add br0 type bridge; ip link set br0 up');
  });
  afterAll(async () => {
    await guest[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const look = async (): Promise<BridgeView> => {
    const [link] = JSON.parse(await guest.text('ip -j -d link show dev br0')) as JsonObject[];
    return { bridge: toLink(link!), portMtus: [], bridgeMacIsSet: false };
  };

  test('filtering that is off is refused with the command that turns it on, and that command does', async () => {
    let message = '';
    try {
      bridgeFacts(bridge, await look(), true);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('VLAN filtering on bridge br0, and it is off');
    const command = /"(ip link set [^"]*)"/.exec(message)?.[1] ?? 'false';
    await guest.text(command);
    expect(bridgeFacts(bridge, await look(), true)).toMatchObject({ name: 'br0', mtu: 1500, defaultVlan: 1 });
  });

  test.each([
    ['an access port', { vlan: 20 }, [{ vlan: 20, flags: ['PVID', 'Egress Untagged'] }]],
    [
      'a trunk',
      {
        trunk: [
          { first: 30, last: 32 },
          { first: 40, last: 40 },
        ],
      },
      [{ vlan: 30 }, { vlan: 31 }, { vlan: 32 }, { vlan: 40 }],
    ],
    [
      'both',
      { vlan: 20, trunk: [{ first: 30, last: 30 }] },
      [{ vlan: 20, flags: ['PVID', 'Egress Untagged'] }, { vlan: 30 }],
    ],
  ])('%s has the VLANs it was asked for, and no other', async (what, { vlan, trunk }: Wish, vlans) => {
    const names = deriveNames({ network: 'kata-net', sandbox: what.replaceAll(' ', '-'), ifname: 'eth0' });
    const pod = { links: [], routes: [], neighbors: [] };
    const nothing = { ovs: undefined, externalIds: {}, socket: 'missing' } as const;
    const there = { ...(await look()), ...nothing, names, pod, ingress: { disciplines: [], filters: [] } };
    const { operations, device } = planHostTap({ ...wish, vlan, trunk }, there);
    const kernel = operations.filter(isOfKernel);
    for (const step of kernel.map(stepOf)) await guest.text(scriptOf(step));
    const shown = JSON.parse(await guest.text(`/opt/iproute2/bridge -j vlan show dev ${names.link}`)) as JsonObject[];
    expect(shown).toEqual([{ ifname: names.link, vlans }]);
    expect(vlanFaults(device, toVlans(shown))).toEqual([]);
    await guest.text(`/opt/iproute2/bridge vlan add dev ${names.link} vid 99`);
    const more = JSON.parse(await guest.text(`/opt/iproute2/bridge -j vlan show dev ${names.link}`)) as JsonObject[];
    expect(vlanFaults(device, toVlans(more))).toEqual([expect.stringContaining('99')]);
    expect(JSON.parse(await guest.text(`ip -j link show dev ${names.link}`))).toMatchObject([
      { master: 'br0', flags: expect.arrayContaining(['UP']) },
    ]);
    expect(await guest.text('cat /sys/class/net/br0/address')).toBe(there.bridge?.mac);
  });

  test('a kernel without it says so', async () => {
    await makeBridge(host);
    if ((await host.run('ip', ['link', 'set', 'br0', 'type', 'bridge', 'vlan_filtering', '1'])).exitCode === 0) return;
    const netns = await host.podNetns('pod');
    const { json } = await callPlugin(host, { command: 'ADD', config: networkConfig({ vlan: 20 }), netns });
    expect(json).toMatchObject({ code: 104, msg: expect.stringContaining('CONFIG_BRIDGE_VLAN_FILTERING') });
  });
});

const wish = {
  ...({ device: 'host-tap' } as const),
  ...{ mac: undefined, mtu: undefined, queuePairs: 1 as QueuePairs, queueSize: undefined },
  ...{ owner: undefined, group: undefined, bridge, database: undefined },
} as const;

interface Wish {
  readonly vlan?: number;
  readonly trunk?: readonly VlanRange[];
}

function scriptOf(step: Step): string {
  if (step.by === 'sysctl') return `echo ${step.value} > ${step.path}`;
  return `echo '${step.line}' | /opt/iproute2/${step.by} -batch -`;
}
