import { describe, expect, it } from 'vitest';
import { readyConfigurations } from '../../../src/cli/install/ready-configurations.ts';
import { MadeUpNode } from './made-up-node.ts';

const conflist = '/etc/cni/kata.d/10-dan.conflist';
const hostTap = readyConfigurations.get('host-tap') ?? '';

/** A network with a route through the node, once for each of its addresses. */
const network = (destination: string, subnet: string, ...gateways: readonly string[]): string =>
  JSON.stringify({
    cniVersion: '1.0.0',
    name: 'kata-net',
    plugins: [
      {
        type: 'dan',
        device: 'host-tap',
        bridge: 'br0',
        routes: gateways.map((gw, at) => ({ dst: destination.replace('N', String(at)), gw })),
        ipam: { type: 'host-local', ranges: [[{ subnet }]] },
      },
    ],
  });

const ipv4 = (...gateways: readonly string[]): string => network('10.9N.0.0/16', '10.88.0.0/16', ...gateways);
const ipv6 = (...gateways: readonly string[]): string => network('fd00:N::/64', 'fd00:88::/64', ...gateways);

const own = ['--config', './node/own.conflist'];

/** A node with Kata, and the operator's own configuration. */
function nodeWith(configuration: string): MadeUpNode {
  return MadeUpNode.withKata({ '/own.conflist': configuration });
}

describe('--node-address', () => {
  it.each([
    ['an IPv4 address', ipv4, '10.88.0.2', '10.88.0.2'],
    ['an IPv6 address', ipv6, 'fd00:88::2', 'fd00:88::2'],
    ['an IPv6 address, in its usual spelling', ipv6, 'FD00:88:0:0::0002', 'fd00:88::2'],
  ])('fills in %s for every NODE_ADDRESS', async (_, text, given, filled) => {
    using node = nodeWith(text('NODE_ADDRESS', 'NODE_ADDRESS'));
    expect(await node.run('install', ...own, '--node-address', given)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(node.read(conflist)).toBe(text(filled, filled));
  });

  it('that is another one later, as of a node that was moved, is filled in anew', async () => {
    using node = nodeWith(ipv4('NODE_ADDRESS'));
    await node.run('install', ...own, '--node-address', '10.88.0.2');
    const { stdout } = await node.run('install', ...own, '--node-address=10.88.0.3');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('replaces what "dan install" put there before');
    expect(node.read(conflist)).toBe(ipv4('10.88.0.3'));
  });

  it('is not needed for a configuration without NODE_ADDRESS, and that is said', async () => {
    using node = MadeUpNode.withKata();
    const given = await node.run('install', '--config', 'host-tap', '--node-address', '10.88.0.2');
    expect(given).toMatchObject({ exitCode: 0, stderr: '' });
    expect(given.stdout).toContain('the configuration host-tap has no NODE_ADDRESS: --node-address is not used');
    expect(node.read(conflist)).toBe(hostTap);
    expect((await node.run('install', '--config', 'host-tap')).stdout).not.toContain('NODE_ADDRESS');
  });

  it('of another IP version than the network’s is refused as any gateway is', async () => {
    using node = nodeWith(ipv4('NODE_ADDRESS'));
    const before = node.everything();
    const { exitCode, stdout } = await node.run('install', ...own, '--node-address', 'fd00:88::2');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('fd00:88::2');
    expect(node.everything()).toEqual(before);
  });

  it.each([
    [
      [],
      '/node/own.conflist has NODE_ADDRESS in the place of this node’s own address: give the address with --node-address',
    ],
    [['--node-address', 'node-1'], '--node-address "node-1" is not an IP address: give this node’s own address, like'],
    // Kubernetes leaves the text unchanged if there is no such variable.
    [['--node-address', '$(NODE_ADDRESS)'], '"$(NODE_ADDRESS)" is not an IP address'],
    [['--node-address', ''], '"" is not an IP address'],
    [['--node-address', '10.88.0.2/16'], '"10.88.0.2/16" is not an IP address'],
    [['--node-address', '010.88.0.2'], 'must not have leading zeros'],
    [['--node-address', 'fe80::1%eth0'], 'must not name a zone'],
    [['--node-address', '127.0.0.1'], '"127.0.0.1" is a loopback address'],
    [['--node-address', '::'], '"::" is the unspecified address'],
    [['--node-address', '\u001B[2J'], '"\\u001b[2J" is not an IP address'],
  ])('%j is wrong use of a configuration that needs it', async (options, why) => {
    using node = nodeWith(ipv4('NODE_ADDRESS'));
    const before = node.everything();
    const { exitCode, stdout, stderr } = await node.run('install', ...own, ...options);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(node.everything()).toEqual(before);
  });

  it('without a configuration is wrong use', async () => {
    using node = MadeUpNode.withKata();
    const { exitCode, stderr } = await node.run('install', '--node-address', '10.88.0.2');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('name one with --config, too');
  });
});
