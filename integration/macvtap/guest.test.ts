import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { sendToGuest, sendToHost } from '../guest/transfer.ts';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge } from '../host-tap/network.ts';
import { bootFromNode } from './boot-from-node.ts';

/** The pods: equal except for their addresses and what happens to the link below the macvtap. */
const pods = [
  { name: 'pod1', mac: '02:00:5e:20:00:01', addresses: ['10.88.0.11', 'fd00:88::11'], queues: 1, mode: 'bridge' },
  { name: 'pod2', mac: '02:00:5e:20:00:02', addresses: ['10.88.0.12', 'fd00:88::12'], queues: 2, mode: 'passthru' },
] as const;

type Pod = (typeof pods)[number];

const gateways = ['10.88.0.1', 'fd00:88::1'] as const;

function configuration({ queues, mode }: Pod): object {
  return {
    cniVersion: '1.1.0',
    name: 'net',
    type: 'dan',
    device: 'macvtap',
    runtime: 'generic',
    master: 'eth0',
    queues,
    mode,
  };
}

async function makeAttached(host: Host, pod: Pod): Promise<void> {
  const { name, mac, addresses } = pod;
  const netns = await host.podNetns(name);
  await host.sh(`
    ip link add ${name} type veth peer name eth0 address ${mac} netns ${name}
    ip link set ${name} master br0 up
    ip -n ${name} link set eth0 up
    ip -n ${name} addr add ${addresses[0]}/24 dev eth0
    ip -n ${name} addr add ${addresses[1]}/64 dev eth0 nodad
    ip -n ${name} route add default via ${gateways[0]}
    ip -n ${name} route add default via ${gateways[1]}`);
  const { exitCode, stdout } = await callPlugin(host, {
    command: 'ADD',
    config: configuration(pod),
    sandbox: name,
    netns,
  });
  expect(exitCode, stdout).toBe(0);
}

interface Macvtap {
  readonly ifindex: number;
  readonly address: string;
  readonly link: string;
}

describe('guests on macvtaps of two pods that are alike', () => {
  let host: Host;
  let before: readonly string[];
  let guests: readonly Guest[];

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    before = await traces(host);
    for (const pod of pods) await makeAttached(host, pod);
    guests = await Promise.all(pods.map(({ name }) => bootFromNode(host, `/run/kata-containers/dans/${name}.json`)));
  });
  afterAll(async () => {
    for (const guest of guests) await guest[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  test('the macvtaps have one index, and nodes of their own', async () => {
    const links = await Promise.all(
      pods.map(
        async ({ name }) => (JSON.parse(await host.sh(`ip -j -n ${name} link show type macvtap`)) as [Macvtap])[0],
      ),
    );
    expect(links.map(({ address }) => address)).toEqual(pods.map(({ mac }) => mac));
    expect(links[0]!.ifindex).toBe(links[1]!.ifindex);
    const numbers = (await host.sh('stat -c %t:%T /run/dan/macvtap/*')).split('\n');
    expect(new Set(numbers).size).toBe(2);
  });

  test.each(pods.map((pod, at) => ({ ...pod, at })))(
    'the guest of $name, $queues queue pair(s), mode $mode, is reached both ways and keeps its own traffic',
    async ({ addresses, mac, queues, at }) => {
      const guest = guests[at]!;
      const other = pods[1 - at]!;
      for (const address of addresses) await host.sh(`ping -c 2 -i 0.2 -W 5 ${address}`);
      for (const address of [...gateways, ...other.addresses]) await guest.text(`ping -c 2 -W 5 ${address}`);
      expect(await host.sh(`ip neighbor show ${addresses[0]}`)).toContain(mac);
      expect(await guest.text('ls -d /sys/class/net/eth0/queues/rx-* | wc -l')).toBe(String(queues));
      const toGuest = await sendToGuest(host, guest, addresses[0], 16);
      expect(toGuest.received).toBe(toGuest.sent);
      const toHost = await sendToHost(host, guest, gateways[1], 4);
      expect(toHost.received).toBe(toHost.sent);
    },
  );

  test('an address answers for one guest alone, and full-size frames pass', async () => {
    await host.sh('ping -c 1 -W 5 -M do -s 1472 10.88.0.11; ping -c 1 -W 5 -M do -s 1472 10.88.0.12');
    await guests[0]!.text('ip link set eth0 down');
    expect((await host.run('ping', ['-c', '1', '-W', '1', pods[0].addresses[0]])).exitCode).not.toBe(0);
    await host.sh(`ping -c 1 -W 5 ${pods[1].addresses[0]}`);
  });

  test('after DEL, with the guests still there, the pods have their interfaces back', async () => {
    for (const pod of pods) {
      const call = { config: configuration(pod), sandbox: pod.name, netns: `/run/netns/${pod.name}` };
      expect(await callPlugin(host, { command: 'DEL', ...call })).toMatchObject({ exitCode: 0, stdout: '' });
    }
    for (const { addresses } of pods) for (const address of addresses) await host.sh(`ping -c 1 -W 5 ${address}`);
    expect(await host.sh('ls /run/dan/macvtap /run/dan/attachments')).toBe(
      '/run/dan/attachments:\n\n/run/dan/macvtap:',
    );
    for (const guest of guests) await guest[Symbol.asyncDispose]();
    for (const { name } of pods) await host.sh(`ip -n ${name} link del eth0; ip netns del ${name}`);
    expect(await traces(host)).toEqual(before);
  });
});
