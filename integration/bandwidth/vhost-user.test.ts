import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Guest } from '../guest/guest.ts';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { networkConfig } from '../host-tap/network.ts';
import type { OvsNode } from '../ovs/node.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import { expectRate, nodeWithCable, offer } from './flow.ts';

const mac = '02:00:00:00:00:05';

/** A policer drops what a queue would keep: its burst has to last until a busy machine goes on. */
const burstSeconds = 0.25;

/** What passes each way, in bits a second. */
interface Rates {
  readonly from: number;
  readonly to: number;
}

const configOf = ({ from, to }: Rates): Readonly<Record<string, unknown>> => {
  const bandwidth = {
    ...{ ingressRate: to, ingressBurst: to * burstSeconds },
    ...{ egressRate: from, egressBurst: from * burstSeconds },
  };
  return networkConfig({ device: 'vhost-user', mac, routes: [], runtimeConfig: { bandwidth } });
};

describe('a vhost-user port with limits', () => {
  let node: OvsNode;
  let before: readonly string[];

  beforeAll(async () => {
    node = await nodeWithCable({ dpdk: 'no-huge' });
    before = await node.traces();
  });
  afterAll(async () => {
    await node[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await node.traces()).toEqual(before);
  });

  const portName = async (): Promise<string> =>
    (await node.ovs.vsctl('list-ports', 'br0')).split('\n').find((name) => name.startsWith('dan'))!;

  test.each([
    ['ovs-vsctl set Interface $port ingress_policing_rate=0', 'ingress_policing_rate is 0, and was made 8000'],
    ['ovs-vsctl clear Port $port qos', 'type of the QoS is none, and was made egress-policer'],
    [
      'ovs-vsctl set QoS $(ovs-vsctl get Port $port qos) other_config:cir=1',
      'cir of the QoS is 1, and was made 1000000',
    ],
  ])('after "%s", CHECK says what is wrong, and DEL leaves nothing', async (change, says) => {
    const config = configOf({ from: 8e6, to: 8e6 });
    const { json: prevResult } = await node.must('ADD', config);
    await node.must('CHECK', { ...config, prevResult });
    await node.host.sh(`port=${await portName()}; ${change}`);
    const found = await node.call('CHECK', { ...config, prevResult });
    expect(found.json['msg'], found.stdout).toContain(says);
    await node.must('DEL', config);
  });

  test.each([
    ['DEL', 'rm /run/dan/attachments/*'],
    ['DEL', 'ovs-vsctl del-port $port'],
    ['GC', ':'],
    ['GC', 'rm /run/dan/attachments/* /run/kata-containers/dans/*'],
    ['GC', 'rm /run/dan/attachments/* /run/kata-containers/dans/*; ovs-vsctl del-port $port'],
  ] as const)('is removed by %s after "%s"', async (command, lost) => {
    const config = configOf({ from: 8e6, to: 8e6 });
    await node.must('ADD', config);
    await node.host.sh(`port=${await portName()}; ${lost}`);
    await node.must(command, command === 'GC' ? { ...config, 'cni.dev/valid-attachments': [] } : config);
  });

  // An emulated guest receives no more for certain.
  test('passes what was asked each way, and no more, also after a restart of the switch', async () => {
    const rates = { from: 8e6, to: 32e6 };
    const config = configOf(rates);
    const { host, ovs } = node;
    const { json: prevResult } = await node.must('ADD', config);
    {
      await using guest = await bootFromFile({ host, file: '/run/kata-containers/dans/sandbox-1.json' });
      // What comes for 192.0.2.2 goes back.
      const cable = await host.sh('cat /sys/class/net/cable/address');
      await guest.text(`ip route add 192.0.2.0/24 dev eth0; ip neigh add 192.0.2.2 lladdr ${cable} dev eth0`);
      const measure = async (): Promise<void> => {
        await eventually('the guest', () => guest.text('ping -c 1 -W 1 10.88.0.1'));
        await expectRate(rates.to, () => rateTo(host, guest, rates.to), burstSeconds / seconds);
        await guest.text('echo 1 >/proc/sys/net/ipv4/ip_forward');
        await expectRate(rates.from, () => rateFrom(host, rates.from), burstSeconds / seconds);
        await guest.text('echo 0 >/proc/sys/net/ipv4/ip_forward');
      };
      await measure();
      await ovs.stopSwitch();
      await ovs.startSwitch();
      await node.must('CHECK', { ...config, prevResult });
      await measure();
    }
    await node.must('DEL', config);
  });
});

const seconds = 4;

// The burst passes first.
const rateOf = (counter: string): string => `
  reading() { cut -d' ' -f1 /proc/uptime; cat ${counter}; }
  sleep 1; first=$(reading); sleep ${seconds}; last=$(reading)
  echo $first $last | awk '{ printf "%.0f", ($4 - $2) * 8 / ($3 - $1) }'`;

/** Bits a second that come back of twice as many as the limit has. */
async function rateFrom(host: Host, bits: number): Promise<number> {
  const sending = offer(host, mac, { bits, mtu: 1500, seconds: seconds + 1 });
  const found = Number(await host.sh(rateOf('/sys/class/net/cable/statistics/rx_bytes')));
  await sending;
  return found;
}

/** Bits a second that a guest receives of twice as many as the limit has. */
async function rateTo(host: Host, guest: Guest, bits: number): Promise<number> {
  const sending = offer(host, mac, { bits, mtu: 1500, seconds: seconds + 1 });
  const found = Number(await guest.text(rateOf('/sys/class/net/eth0/statistics/rx_bytes'), 60));
  await sending;
  return found;
}
