import { describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, programs } from '../harness/plugin.ts';

const config = { cniVersion: '1.0.0', name: 'net', type: 'dan', device: 'macvtap', runtime: 'generic', master: 'eth0' };
const inPod = 'ip -n pod route show table all dev eth0; ip -n pod -6 route show table all dev eth0';

/** What the plugin ptp leaves: gateways that were on the link when their routes were added. */
const asPtpDoes = `
  ip -n pod addr add 10.6.0.5/24 dev eth0
  ip -n pod addr add fd00:6::5/64 dev eth0 nodad
  ip -n pod route add 11.0.0.0/16 via 10.6.0.9
  ip -n pod route add fd00:11::/64 via fd00:6::9
  ip -n pod route del 10.6.0.0/24 dev eth0
  ip -n pod route del fd00:6::/64 dev eth0
  ip -n pod route add 10.6.0.1 dev eth0
  ip -n pod route add 10.6.0.0/24 via 10.6.0.1
  ip -n pod route add default via 10.6.0.1
  ip -n pod route add 12.0.0.0/16 via 10.99.0.1 dev eth0 onlink
  ip -n pod route add fd00:6::1 dev eth0
  ip -n pod route add fd00:6::/64 via fd00:6::1
  ip -n pod route add default via fd00:6::1`;

async function podWith(script: string): Promise<Host> {
  const host = await Host.create();
  await host.podNetns('pod');
  await host.sh(`
    ip link add host0 type veth peer name eth0 netns pod
    ip link set host0 up
    ip -n pod link set eth0 up
    until ip -n pod -6 addr show dev eth0 scope link -tentative | grep -q fe80; do sleep 0.05; done
    ${script}`);
  return host;
}

describe.each(Object.entries(programs))('DEL that speaks to the kernel by %s', (_, program) => {
  test('gives routes back whose gateways are not on the link any more', async () => {
    await using host = await podWith(asPtpDoes);
    const before = await host.sh(inPod);
    for (const command of ['ADD', 'DEL'] as const) {
      const { exitCode, stdout, stderr } = await callPlugin(host, {
        command,
        config,
        netns: '/run/netns/pod',
        program,
      });
      expect(exitCode, stdout).toBe(0);
      expect(stderr).not.toMatch(/"level":"(warn|error)"/);
    }
    expect(await host.sh(inPod)).toBe(before);
  });

  test('logs a route that the kernel does not take any more, and removes all else', async () => {
    await using host = await podWith(`
      ip -n pod addr add 10.6.0.5/24 dev eth0
      ip -n pod route add 10.99.0.0/24 dev eth0
      ip -n pod route add 11.0.0.0/16 via 10.99.0.1
      ip -n pod route del 10.99.0.0/24 dev eth0
      ip -n pod route add default via 10.6.0.1`);
    const call = { config, netns: '/run/netns/pod', program };
    expect((await callPlugin(host, { command: 'ADD', ...call })).exitCode).toBe(0);
    const { exitCode, stdout, stderr } = await callPlugin(host, { command: 'DEL', ...call });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain("eth0 in the pod's namespace did not get all of its routes back");
    expect(await host.sh('ls /run/dan/attachments')).toBe('');
    expect(await host.sh('ip -n pod -4 addr show dev eth0')).toContain('10.6.0.5/24');
  });
});
