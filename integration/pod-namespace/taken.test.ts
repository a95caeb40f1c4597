import { describe, expect, test } from 'vitest';
import { Bench } from '../faults/bench.ts';
import { podName } from './pod.ts';

/** What else is at the ingress of the pod's interface, and whose it looks like. */
const takers = [
  { what: 'an ingress discipline', looksLike: 'unknown', make: 'tc qdisc add dev eth0 ingress' },
  { what: 'a clsact discipline', looksLike: 'unknown', make: 'tc qdisc add dev eth0 clsact' },
  {
    what: 'filters without an action, on clsact',
    looksLike: 'unknown',
    make: `tc qdisc add dev eth0 clsact
           tc filter add dev eth0 ingress protocol all u32 match u32 0 0 flowid 1:1
           tc filter add dev eth0 egress protocol ip u32 match ip dst 10.1.0.9 flowid 1:2`,
  },
  {
    what: 'a bpf program that nobody knows',
    looksLike: 'unknown',
    make: `tc qdisc add dev eth0 clsact
           tc filter add dev eth0 ingress bpf bytecode '1,6 0 0 4294967295'`,
  },
  {
    what: "Kata's own redirection",
    looksLike: 'Kata',
    make: `ip tuntap add dev tap0_kata mode tap vnet_hdr
           ip link set dev tap0_kata mtu 1450 up
           tc qdisc add dev tap0_kata ingress
           tc qdisc add dev eth0 ingress
           tc filter add dev tap0_kata parent ffff: protocol all u32 match u8 0 0 action mirred egress redirect dev eth0
           tc filter add dev eth0 parent ffff: protocol all u32 match u8 0 0 action mirred egress redirect dev tap0_kata`,
  },
] as const;

describe.concurrent.each(['tcfilter for runtime-rs', 'tcfilter for generic'] as const)('%s', (device) => {
  test.each(takers)('is refused behind $what, and touches nothing', async ({ make, looksLike }) => {
    await using bench = await Bench.create(device);
    await bench.host.sh(`ip netns exec ${podName} sh -ec "${make}"`);
    await bench.remember();
    const { exitCode, json } = await bench.run('ADD');
    expect(exitCode).toBe(1);
    expect(json['msg']).toMatch(/eth0 .*\[ingress-taken\]$/s);
    expect(json['msg']).toContain(looksLike);
    expect(await bench.differences()).toEqual([]);
    expect(await bench.run('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await bench.differences()).toEqual([]);
  });

  test('removes its own redirect from an ingress that somebody else uses too by then, and no more', async () => {
    await using bench = await Bench.create(device);
    expect((await bench.run('ADD')).exitCode).toBe(0);
    const tc = `ip netns exec ${podName} tc filter`;
    await bench.host.sh(`${tc} add dev eth0 ingress prio 9 protocol ip u32 match ip dst 10.9.9.9 flowid 1:1`);
    expect(await bench.run('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
    const left = await bench.host.sh(`${tc} show dev eth0 ingress`);
    expect(left).toContain('0a090909');
    expect(left).not.toContain('mirred');
    // A redirect without its target drops every frame.
    await bench.host.sh('ping -c 1 -W 2 10.1.0.5');
  });
});
