import type { Guest } from '../guest/guest.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bootFromFile } from '../reader/boot-from-file.ts';
import type { Story } from './story.ts';

const config = {
  cniVersion: '1.1.0',
  name: 'kata-net',
  type: 'dan',
  device: 'host-tap',
  bridge: 'br0',
  ipam: {
    type: 'host-local',
    ranges: [[{ subnet: '10.88.0.0/24' }], [{ subnet: 'fd00:88::/64' }]],
    routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
  },
};
const sandbox = 'demo-sandbox';
const file = `/run/kata-containers/dans/${sandbox}.json`;

/** dan's main task step by step: a sandbox on a Linux bridge, from ADD to DEL, with a guest booted from the file. */
export async function attachOnePod(host: Host, story: Story, withGuest: boolean): Promise<void> {
  story.chapter('A node with a Linux bridge, and a pod with an empty network namespace');
  await host.sh(`
    ip link add br0 type bridge; ip addr add 10.88.0.1/24 dev br0; ip addr add fd00:88::1/64 dev br0 nodad
    ip link set br0 up`);
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  story.prove('the bridge br0 is up, and has no ports', (await host.sh('ip -br link show master br0')) === '');
  const bridge = await host.sh('cat /sys/class/net/br0/address /sys/class/net/br0/mtu');

  story.chapter('A container runtime calls dan with CNI_COMMAND=ADD');
  story.show(`It passes this network configuration:\n${JSON.stringify(config, undefined, 2)}`);
  const added = await call(host, { command: 'ADD', config, netns });
  const result = added.json as unknown as { interfaces: { name: string; mac: string }[]; ips: { address: string }[] };
  story.prove('dan answers with a CNI result', added.exitCode === 0, JSON.stringify(added.json, undefined, 2));
  const [tap, guestInterface] = result.interfaces;
  if (tap === undefined || guestInterface === undefined) throw new Error('the result names no interfaces');

  story.chapter("The tap is in the host's namespace: no veth, no tc, nothing in the pod's");
  const link = await host.sh(`ip -d link show ${tap.name}`);
  story.prove(
    `${tap.name} is a port of br0, up, and carries dan's mark`,
    /master br0[\s\S]*alias dan:/.test(link),
    link,
  );
  const pod = await host.sh('ip -n pod -br link');
  story.prove("the pod's namespace still has lo alone", pod.split('\n').length === 1, pod);

  story.chapter('The DAN file is where Kata looks for it when the sandbox starts');
  const text = await host.sh(`cat ${file}`);
  const shown = JSON.stringify(JSON.parse(text), undefined, 2);
  story.prove(`${file} names the tap`, text.includes(`"tap_name":"${tap.name}"`), shown);

  if (withGuest) {
    story.chapter('A virtual machine is started from that file, and from nothing else');
    const guest = await bootFromFile({ host, file });
    try {
      await visit(guest, host, story, result.ips, guestInterface.mac);
    } finally {
      await guest[Symbol.asyncDispose]();
    }
  }

  story.chapter('The pod is deleted: CNI_COMMAND=DEL, twice, as runtimes do');
  for (const time of ['first', 'second']) {
    const deleted = await call(host, { command: 'DEL', config });
    story.prove(`the ${time} DEL succeeds`, deleted.exitCode === 0 && deleted.stdout === '');
  }
  const after = await traces(host);
  story.prove('no link, file, record or lease is left', JSON.stringify(after) === JSON.stringify(before));
  const same = bridge === (await host.sh('cat /sys/class/net/br0/address /sys/class/net/br0/mtu'));
  story.prove('the bridge has the MAC and the MTU that it had before', same, bridge);
}

async function visit(
  guest: Guest,
  host: Host,
  story: Story,
  ips: readonly { address: string }[],
  mac: string,
): Promise<void> {
  const inside = await guest.text('ip addr show dev eth0; ip route; ip -6 route show default');
  const addressed = ips.every(({ address }) => inside.includes(address)) && inside.includes(mac);
  story.prove("the guest's eth0 has the MAC, the addresses and the routes of the file", addressed, inside);
  for (const { address } of ips) {
    const ip = address.replace(/\/.*/, '');
    const ping = await host.run('ping', ['-c', '2', '-i', '0.2', '-W', '5', ip]);
    story.prove(`the host pings the guest at ${ip}`, ping.exitCode === 0, summary(ping.stdout));
  }
  for (const gateway of ['10.88.0.1', 'fd00:88::1']) {
    const { exitCode, output } = await guest.sh(`ping -c 2 -W 5 ${gateway}`);
    story.prove(`the guest pings its gateway at ${gateway}`, exitCode === 0, summary(output));
  }
}

function summary(output: string): string {
  return output.split('\n').find((line) => line.includes('packets')) ?? '';
}

function call(host: Host, of: Call): Promise<Answer> {
  return callPlugin(host, { ...of, sandbox });
}
