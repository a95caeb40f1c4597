import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PluginVersions } from '../../../../src/node/list.ts';
import { find } from '../made-up-facts.ts';
import { conflist, containerdConfig, hostTap, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const file = '/etc/cni/kata.d/10-dan.conflist';
const network = (plugin: object, more: object = {}): MadeUpNode => node.write({ [file]: conflist([plugin], more) });

describe('networks of a node', () => {
  test('are found in every directory of containerd’s, in lists and in files of one plugin', async () => {
    node.write({ '/etc/cni/net.d/50-dan.json': JSON.stringify({ ...hostTap, name: 'other', cniVersion: '1.0.0' }) });
    const { cni } = await node.look();
    expect(cni.networks.map(({ path, name }) => [path, name])).toEqual([
      ['/etc/cni/net.d/50-dan.json', 'other'],
      [file, 'kata-net'],
    ]);
    expect(cni.networks[1]?.document).toEqual(hostTap);
    expect(cni.networks[1]?.config?.device.device).toBe('host-tap');
  });

  test('take the place of their DAN files from the Kata configuration of the node', async () => {
    network({ ...hostTap, kataConfig: '/etc/kata-containers/configuration.toml' });
    node.write({ '/etc/kata-containers/configuration.toml': kataConfig.replace('/run', '/var/run'), '/run/x': '' });
    node.write({ '/var/run': { link: '/run' } });
    expect((await node.look()).cni.networks[0]?.danConf).toBe('/run/kata-containers/dans');
    expect(await node.find('kata-dan-conf')).toEqual([]);
  });
});

describe('cni-network', () => {
  const twoDefaults = ['10.1.0.1', '10.1.0.2'].map((gw) => ({ dst: '0.0.0.0/0', gw }));

  test.each([
    [{ ...hostTap, brige: 'br0' }, {}, /unknown key "brige" \(did you mean "bridge"\?\)/],
    [{ type: 'dan' }, {}, /"bridge" is missing/],
    [hostTap, { cniVersion: '9.0.0' }, /cniVersion "9.0.0" is not supported/],
    [hostTap, { name: 'a b' }, /"name" "a b" must start/],
    [{ ...hostTap, runtime: 'go' }, {}, /"runtime": "go" has no host-tap: Kata's Go runtime reads only vfio devices/],
    [{ ...hostTap, kataConfig: '/etc/none.toml' }, {}, /Kata's configuration \/etc\/none.toml does not exist/],
    [{ ...hostTap, routes: [{ dst: '0.0.0.0/0' }] }, {}, /the route to 0.0.0.0\/0 has no gateway/],
    [
      { ...hostTap, routes: twoDefaults },
      {},
      /this network gives the routes 0.0.0.0\/0 via 10.1.0.1 and 0.0.0.0\/0 via/,
    ],
  ])('%j %j', async (plugin, more, seen) => {
    const [finding] = await network(plugin, more).find('cni-network');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(seen);
    expect(finding?.seen).toMatch(/^\/etc\/cni\/kata.d\/10-dan.conflist: /);
    expect(finding?.seen).not.toContain(node.root);
  });

  test('a capability that the device does not have does nothing', async () => {
    const capabilities = { ips: true, bandwidth: true, portMappings: true, vhostUserSocket: true };
    const findings = await network({ ...hostTap, capabilities }).find('cni-network');
    expect(findings).toMatchObject([
      {
        severity: 'note',
        seen: expect.stringContaining('"portMappings" of runtimeConfig is not done by dan: put the plugin'),
      },
      {
        severity: 'note',
        seen: expect.stringContaining('"vhostUserSocket" of runtimeConfig is not done by dan: only a'),
      },
    ]);
  });

  test('tcfilter behind a bridge needs no interface yet', async () => {
    node.write({ [file]: conflist([{ type: 'bridge' }, { type: 'dan', device: 'tcfilter' }]) });
    expect(await node.find('cni-network')).toEqual([]);
    expect(await node.find('cni-chain-order')).toEqual([]);
  });
});

describe('cni-version', () => {
  test('1.1.0 is a note where containerd’s version is not known', async () => {
    const [finding] = await network(hostTap, { cniVersion: '1.1.0' }).find('cni-version');
    expect(finding?.severity).toBe('note');
    expect(finding?.cure).toContain('"cniVersions": ["1.0.0", "1.1.0"]');
  });

  test('it is fine where the configuration’s format tells of 2.0', async () => {
    node.write({
      '/etc/containerd/config.toml': `version = 3\n[plugins."io.containerd.cri.v1.runtime".cni]\nconf_dir = "/etc/cni/kata.d"\n`,
    });
    expect(await network(hostTap, { cniVersion: '1.1.0' }).find('cni-version')).toEqual([]);
  });
});

describe('cni-plugin-versions', () => {
  const plugins = [{ type: 'bridge' }, { type: 'dan', device: 'tcfilter' }];
  const asked = (versions: readonly string[]): PluginVersions[] => [
    { type: 'bridge', path: '/opt/cni/bin/bridge', versions },
  ];
  const offering = { [file]: conflist(plugins, { cniVersions: ['1.0.0', '1.1.0'] }) };

  test('a list offers what a plugin does not know', async () => {
    const facts = { ...(await node.write(offering).look()), pluginVersions: asked(['0.4.0', '1.0.0']) };
    expect(find('cni-plugin-versions', facts)).toMatchObject([
      {
        severity: 'error',
        seen: expect.stringMatching(
          /10-dan.conflist: .*CNI 1.1.0 .*\/opt\/cni\/bin\/bridge does not know it: it knows 0.4.0, 1.0.0/,
        ),
        cure: 'say "cniVersion": "1.0.0" without "cniVersions"',
      },
    ]);
  });

  test('it is fine where the plugin knows it', async () => {
    const facts = { ...(await node.write(offering).look()), pluginVersions: asked(['1.0.0', '1.1.0']) };
    expect(find('cni-plugin-versions', facts)).toEqual([]);
  });

  test('a node that is mounted somewhere cannot be asked', async () => {
    const findings = await node.write({ ...offering, '/opt/cni/bin/bridge': { executable: '#!/bin/sh\n' } }).find();
    expect(findings.filter(({ id }) => id === 'cni-plugin-versions')).toMatchObject([
      { severity: 'note', seen: expect.stringContaining('whether it knows it: /opt/cni/bin/bridge') },
    ]);
  });
});

describe('cni-check', () => {
  const macvtap = { type: 'dan', device: 'macvtap', runtime: 'generic' };

  test('the plugin before dan compares what the macvtap takes', async () => {
    node.write({ [file]: conflist([{ type: 'ptp' }, macvtap]) });
    expect(await node.find('cni-check')).toMatchObject([
      {
        severity: 'warning',
        seen: expect.stringMatching(/ptp compares MAC and addresses of its interface at CHECK, which macvtap takes/),
        cure: 'set "mode": "passthru", or "disableCheck": true in the list',
      },
    ]);
  });

  test.each([
    [{ disableCheck: true }, macvtap],
    [{}, { ...macvtap, mode: 'passthru' }],
  ])('it is fine with %j and %j', async (more, plugin) => {
    node.write({ [file]: conflist([{ type: 'ptp' }, plugin], more) });
    expect(await node.find('cni-check')).toEqual([]);
  });
});

describe('cni-chain-order', () => {
  test.each([
    [[{ type: 'dan', device: 'tcfilter' }], /dan makes a tcfilter, and is the first of its list/],
    [[{ type: 'dan', device: 'macvtap', runtime: 'generic' }], /dan makes a macvtap, and is the first/],
    [[{ type: 'ptp' }, hostTap], /dan makes a host-tap behind ptp/],
    [[{ type: 'calico' }, hostTap], /dan makes a host-tap behind calico/],
    [[{ type: 'portmap' }, { type: 'dan', device: 'tcfilter' }], /no plugin before it makes an interface/],
  ])('%j', async (plugins, seen) => {
    const [finding] = await node.write({ [file]: conflist(plugins) }).find('cni-chain-order');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(seen);
  });

  test('a plugin that dan does not know may make an interface', async () => {
    const [finding] = await node.write({ [file]: conflist([{ type: 'house-made' }, hostTap]) }).find('cni-chain-order');
    expect(finding).toMatchObject({ severity: 'warning', seen: expect.stringContaining('behind house-made') });
  });
});

describe('cni-addresses', () => {
  const ipam = { type: 'host-local', subnet: '10.1.0.0/16' };
  const tcfilter = { type: 'dan', device: 'tcfilter' };
  test.each([
    [[{ ...hostTap, addresses: [] }], 'error', /"failed to find network info for sandbox"/],
    [[{ type: 'bridge' }, tcfilter], 'error', /no plugin in the list assigns an address/],
    [
      [{ ...hostTap, addresses: [], ipam: { type: 'whereabouts' } }],
      'warning',
      /reclaims the addresses of running pods/,
    ],
    [[{ type: 'bridge', ipam: { type: 'whereabouts' } }, tcfilter], 'warning', /come from whereabouts/],
  ])('finds nothing in %j', async (plugins, severity, seen) => {
    const [finding] = await node.write({ [file]: conflist(plugins) }).find('cni-addresses');
    expect(finding?.severity).toBe(severity);
    expect(finding?.seen).toMatch(seen);
  });

  test.each([
    [[{ ...hostTap, addresses: [], ipam }]],
    [[{ type: 'bridge', ipam }, tcfilter]],
    [[{ type: 'calico' }, tcfilter]],
  ])('finds a fault in %j, which gives addresses', async (plugins) => {
    expect(await node.write({ [file]: conflist(plugins) }).find('cni-addresses')).toEqual([]);
  });

  test('finds a fault in a network that containerd does not take', async () => {
    node.write({ '/etc/cni/kata.d/90-other.conflist': conflist([{ ...hostTap, addresses: [] }], { name: 'other' }) });
    expect(await node.find('cni-addresses')).toEqual([]);
  });
});

describe('cni-chain', () => {
  test.each([
    [{ type: 'bandwidth' }, 'warning', /looks for a veth pair/],
    [{ type: 'tuning', mtu: 1400, promisc: true }, 'error', /sets mtu, promisc of an interface/],
    [
      { type: 'tuning', sysctl: { 'net.core.somaxconn': '500' } },
      'warning',
      /sets net.core.somaxconn .* guest does not/,
    ],
    [{ type: 'tuning', promisc: false }, 'warning', /calls CHECK, such as CRI-O, fail/],
    [{ type: 'sbr' }, 'error', /every pod fails/],
    [{ type: 'portmap', capabilities: { portMappings: true } }, 'note', /forwards ports of the host/],
  ])('%j behind a host-tap', async (plugin, severity, seen) => {
    const [finding] = await node.write({ [file]: conflist([hostTap, plugin]) }).find('cni-chain');
    expect(finding?.severity).toBe(severity);
    expect(finding?.seen).toMatch(seen);
  });

  test('firewall behind a host-tap is fine', async () => {
    expect(await node.write({ [file]: conflist([hostTap, { type: 'firewall' }]) }).find('cni-chain')).toEqual([]);
  });

  test('behind tcfilter, the pod has its interface', async () => {
    const plugins = [{ type: 'bridge' }, { type: 'dan', device: 'tcfilter' }, { type: 'bandwidth' }];
    expect(await node.write({ [file]: conflist(plugins) }).find('cni-chain')).toEqual([]);
  });
});

test('a node without containerd: what was looked for is said, and nothing about its choice', async () => {
  node.write({ '/etc/containerd/config.toml': containerdConfig });
  using other = soundNode();
  const { rmSync } = await import('node:fs');
  rmSync(`${other.root}/etc/containerd/config.toml`);
  const findings = await other.find();
  expect(findings.filter(({ severity }) => severity !== 'note').map(({ id }) => id)).toEqual([]);
  expect(findings.find(({ id }) => id === 'cni-containerd')?.seen).toContain('/etc/containerd/config.toml');
});
