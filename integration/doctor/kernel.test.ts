import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { fillBridge, makeBridge } from '../host-tap/network.ts';
import { diagnose, foundIn, installPlugin, useNetwork, withoutBridgeFilter } from './node.ts';

let host: Host;
beforeEach(async () => {
  host = await Host.create();
  await installPlugin(host);
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
});

// Whether /dev/vhost-net and the like exist depends on the machine.
const kernel = /^kernel-(?!kvm|vhost|udev|networkd|network-manager)/;

/** Replaces one of the node's programs. */
async function replace(program: string, script: string): Promise<void> {
  const stand = `${host.directory}/${program}`;
  await host.sh(`
    place=$(readlink -f "$(command -v ${program})")
    cp "$place" '${stand}.real'
    cat >'${stand}' <<'EOF'
#!/bin/sh
real='${stand}.real'
${script}
EOF
    chmod 755 '${stand}'
    mount --bind '${stand}' "$place"`);
}

describe('what is made to be sure', () => {
  test('works here, and leaves no trace', async () => {
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    const state = 'ip link show; ip netns list; find /run /etc -newer /run/mark -type f';
    await host.sh('touch /run/mark');
    const before = await host.sh(state);
    const { findings, unasked } = await diagnose(host, kernel);
    expect(findings).toEqual([]);
    const asked = ['kernel-tap', 'kernel-altname', 'kernel-veth', 'kernel-macvtap', 'kernel-mirred', 'kernel-stp'];
    expect(unasked.filter(({ id }) => asked.includes(id))).toEqual([]);
    expect(await host.sh(state)).toBe(before);
  });

  test('shows that the kernel has no macvtap, in the words of "ip"', async () => {
    await useNetwork(host, { device: 'macvtap', master: 'eth0', runtime: 'generic', addresses: [] });
    await replace(
      'ip',
      'case "$*" in *macvtap*) echo "Error: Unknown device type." >&2; exit 2 ;; esac\nexec $real "$@"',
    );
    const { findings, exitCode } = await diagnose(host, kernel);
    expect(exitCode).toBe(1);
    expect(findings).toMatchObject([
      { id: 'kernel-macvtap', severity: 'error', seen: expect.stringContaining('"Error: Unknown device type."') },
    ]);
  });

  test.each([
    ['ingress', 'kernel-ingress'],
    ['classid', 'kernel-u32'],
    ['mirred', 'kernel-mirred'],
  ])('shows that the kernel has no %s, once', async (word, id) => {
    await useNetwork(host, { device: 'tcfilter', master: 'eth0', addresses: [] });
    const refuse = 'echo "RTNETLINK answers: No such file or directory" >&2; exit 2';
    await replace('tc', `case "$*" in *${word}*) ${refuse} ;; esac\nexec $real "$@"`);
    const { findings } = await diagnose(host, kernel);
    expect(findings).toMatchObject([{ id, severity: 'error', seen: expect.stringContaining('RTNETLINK answers') }]);
  });
});

test('a node without /dev/net/tun can make no tap', async () => {
  await makeBridge(host);
  await useNetwork(host, { bridge: 'br0' });
  await host.sh('mount -t tmpfs tmpfs /dev/net');
  const { findings, unasked } = await diagnose(host, kernel);
  expect(findings).toMatchObject([
    { id: 'kernel-tun', severity: 'error', seen: expect.stringContaining('/dev/net/tun is missing') },
  ]);
  expect(unasked).toContainEqual({ id: 'kernel-tap', why: 'it takes /dev/net/tun first' });
});

test('a node without /dev/vhost-net and /dev/kvm is told so', async () => {
  await host.sh(
    'mount -t tmpfs tmpfs /run/overlay; mknod /run/overlay/null c 1 3 2>/dev/null || touch /run/overlay/null; mount --bind /run/overlay /dev',
  );
  expect(await foundIn(host, /^kernel-(?:kvm|vhost)/)).toEqual([
    'kernel-kvm',
    'kernel-vhost-net',
    'kernel-vhost-vsock',
  ]);
});

describe('programs', () => {
  test('that are missing are named, with what cannot be tried without them', async () => {
    await useNetwork(host, { device: 'tcfilter', master: 'eth0', addresses: [] });
    await host.sh('mount --bind /dev/null "$(readlink -f "$(command -v tc)")"');
    const { findings, unasked } = await diagnose(host, kernel);
    expect(findings).toMatchObject([
      {
        id: 'kernel-programs',
        // The executable talks to the kernel itself.
        severity: 'note',
        seen: 'missing: the program "tc"; no network that is configured here needs it',
      },
    ]);
    expect(unasked).toContainEqual({ id: 'kernel-ingress', why: 'the program "tc" is missing' });
  });

  test('of busybox are told of', async () => {
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    // The name does not begin with busybox, so only its output shows what it is.
    await replace('ip', 'exec busybox ip "$@"');
    const { findings } = await diagnose(host, /^kernel-(?:iproute2|tap)$/);
    expect(findings).toMatchObject([
      { id: 'kernel-iproute2', severity: 'note', seen: expect.stringContaining('BusyBox') },
      { id: 'kernel-tap', severity: 'error' },
    ]);
  });
});

describe('systemd-networkd', () => {
  test('is asked about dan’s links, and a note says what to do while there are none', async ({ skip }) => {
    const { exitCode } = await host.run('sh', ['-c', 'command -v networkctl']);
    skip(exitCode !== 0, 'this machine has no networkctl');
    await host.sh('mkdir -p /run/systemd/netif; touch /run/systemd/netif/state');
    const networkd = /^kernel-networkd$/;
    expect((await diagnose(host, networkd)).findings).toMatchObject([{ severity: 'note' }]);
    await host.sh('ip tuntap add dev dan0123456789a mode tap');
    await replace('networkctl', `echo '  7 dan0123456789a ether degraded '$(cat '${host.directory}/setup')`);
    await host.sh(`echo configured >'${host.directory}/setup'`);
    expect((await diagnose(host, networkd)).findings).toMatchObject([
      {
        severity: 'warning',
        seen: expect.stringContaining('dan0123456789a of a pod alone: it lists it as configured'),
      },
    ]);
    await host.sh(`echo unmanaged >'${host.directory}/setup'`);
    expect(await foundIn(host, networkd)).toEqual([]);
  });
});

describe('the bridge of a network', () => {
  const bridge = /^kernel-(?:bridge-|stp)/;

  test('is missing, is down, is up', async () => {
    await useNetwork(host, { bridge: 'br0' });
    expect(await foundIn(host, bridge)).toEqual(['kernel-bridge-missing']);
    await host.sh('ip link add br0 type bridge');
    expect(await foundIn(host, bridge)).toEqual(['kernel-bridge-down']);
    await host.sh('ip link set br0 up');
    expect(await foundIn(host, bridge)).toEqual([]);
  });

  test('with the spanning tree protocol forwards late, as the cure mends', async () => {
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    await host.sh('ip link set br0 type bridge stp_state 1');
    const { findings } = await diagnose(host, bridge);
    expect(findings).toMatchObject([{ id: 'kernel-stp', seen: expect.stringContaining('unreachable for 30 s') }]);
    await host.sh('ip link set br0 type bridge forward_delay 200');
    const [shorter] = (await diagnose(host, bridge)).findings;
    expect(shorter?.seen).toContain('unreachable for 4 s');
    await host.sh('ip link set br0 type bridge stp_state 0');
    expect(await foundIn(host, bridge)).toEqual([]);
  });

  test('is full, and has room again', async () => {
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    await host.sh(fillBridge);
    const { findings } = await diagnose(host, bridge);
    expect(findings).toMatchObject([{ id: 'kernel-bridge-full', severity: 'error' }]);
    await host.sh('ip link del v1');
    expect(await foundIn(host, bridge)).toEqual([]);
  });

  test('sends no frame back to a pod that asks its own Service, where kube-proxy has rules for frames of bridges', async ({
    skip,
  }) => {
    const missing = await withoutBridgeFilter(host);
    skip(missing !== undefined, missing);
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    await host.sh('echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables; iptables -t nat -N KUBE-SERVICES');
    await host.sh('iptables -t nat -A PREROUTING -j KUBE-SERVICES');
    const { findings } = await diagnose(host, bridge);
    expect(findings).toMatchObject([{ id: 'kernel-bridge-hairpin', severity: 'note' }]);
    await host.sh('echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables');
    expect(await foundIn(host, bridge)).toEqual([]);
    await host.sh('echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables');
    await useNetwork(host, { bridge: 'br0', hairpinMode: true });
    expect(await foundIn(host, bridge)).toEqual([]);
  });

  test('is behind a packet filter that drops what pods send each other, until the cure is followed', async ({
    skip,
  }) => {
    const missing = await withoutBridgeFilter(host);
    skip(missing !== undefined, missing);
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    await host.sh(`
      echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
      for pod in 1 2; do
        ip netns add pod$pod
        ip link add veth$pod master br0 up type veth peer name eth0 netns pod$pod
        ip -n pod$pod addr add 10.88.0.1$pod/24 dev eth0
        ip -n pod$pod link set eth0 up
      done`);
    const reaches = async (): Promise<boolean> => {
      const ping = ['netns', 'exec', 'pod1', 'ping', '-c', '1', '-W', '1', '10.88.0.12'];
      return (await host.run('ip', ping)).exitCode === 0;
    };
    expect(await foundIn(host, bridge)).toEqual([]);
    expect(await reaches()).toBe(true);
    await host.sh('iptables -P FORWARD DROP');
    const { findings } = await diagnose(host, bridge);
    expect(findings).toMatchObject([{ id: 'kernel-bridge-netfilter', severity: 'warning' }]);
    expect(await reaches()).toBe(false);
    const [, command = 'false'] = /"(iptables [^"]+)"/.exec(findings[0]?.cure ?? '') ?? [];
    await host.sh(command);
    expect(await foundIn(host, bridge)).toEqual([]);
    expect(await reaches()).toBe(true);
  });
});

test('a node that is mounted somewhere is looked at by its files alone', async () => {
  await host.sh(
    'mkdir -p /run/node/etc/systemd/network /run/node/usr/lib/systemd /run/node/usr/sbin; touch /run/node/usr/lib/systemd/systemd-udevd',
  );
  await host.sh(
    "printf '[Match]\\nOriginalName=*\\n[Link]\\nMACAddressPolicy=persistent\\n' >/run/node/etc/systemd/network/99-default.link",
  );
  const { stdout } = await host.run(executable, ['doctor', '--root', '/run/node']);
  expect(stdout).toContain('[kernel-udev]');
  expect(stdout).toContain('/etc/systemd/network/05-dan.link:');
  expect(stdout).toMatch(/not asked \(only files are looked at\): kernel-user, kernel-tap/);
});
