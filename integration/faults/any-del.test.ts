import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';

const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
const { cniVersion: _version, ...withoutVersion } = config;
const { name: _name, ...withoutName } = config;
const text = JSON.stringify(config);
const tooMuch = 'x'.repeat(1024 * 1024);
const netns = '/run/netns/pod';

/** What a runtime, or somebody who edited a file meanwhile, makes of the configuration that ADD was called with. */
const configurations: readonly (readonly [string, object | string])[] = [
  ['no cniVersion', withoutVersion],
  ...['0.1.0', '0.2.0', '0.3.0', '1.2.0', '9.9.9', '', 'x'].map(
    (cniVersion) => [`cniVersion "${cniVersion}"`, { ...config, cniVersion }] as const,
  ),
  ['a cniVersion that is a number', { ...config, cniVersion: 1 }],
  ['faults everywhere', { ...config, bridge: 7, ipam: 'x', danConf: '../x', mtu: -1, typo: true, addresses: 'x' }],
  ['an unknown device', { ...config, device: 'teleporter' }],
  ['another IPAM plugin', { ...config, ipam: { type: 'no-such-plugin' } }],
  ['no type', { ...config, type: undefined }],
  ['a prevResult without a version', { ...config, prevResult: {} }],
  ['a prevResult of another version', { ...config, prevResult: { cniVersion: '0.2.0', ip4: { ip: '10.0.0.1/8' } } }],
  ['a prevResult that is null', { ...config, prevResult: null }],
  ['a prevResult that is a list', { ...config, prevResult: [1] }],
  ['a prevResult with anything in it', { ...config, prevResult: { interfaces: 7, ips: [{ address: 'x' }, null] } }],
  ['a prevResult of more than 1 MiB', { ...config, prevResult: { dns: { domain: tooMuch } } }],
  ['no name', withoutName],
  ['a name that no network can have', { ...config, name: '../x' }],
  ['a key twice', text.replace('{', '{"type":"dan",')],
  ['half of the text', text.slice(0, text.length / 2)],
  ['text behind it', `${text} x`],
  ['no object', '[]'],
  ['nothing', ''],
];

/** What CNI_NETNS may be by then. */
const namespaces: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['gone', '/run/netns/gone'],
  ['below a file', `${netns}/x`],
  ['a file', '/run/file'],
  ['a directory', '/run'],
  ['a relative path', 'pod'],
  ['the namespace of the host', '/proc/1/ns/net'],
  ['longer than a path can be', `/run/${'x'.repeat(5000)}`],
];

describe('DEL removes what the record names, and ends with 0, when it is called with', () => {
  let host: Host;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    await host.podNetns('pod');
    await host.sh('touch /run/file');
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await traces(host)).toEqual(before);
    const added = await callPlugin(host, { command: 'ADD', config, netns });
    expect(added.exitCode, added.stdout).toBe(0);
  });

  const detaches = async (call: Omit<Call, 'command'>): Promise<void> => {
    // A runtime that did not get the answer asks again.
    for (const time of ['first', 'second']) {
      const answer = await callPlugin(host, { command: 'DEL', netns, ...call });
      expect([time, answer.exitCode, answer.stdout]).toEqual([time, 0, '']);
      expect(await traces(host)).toEqual(before);
    }
  };

  test.each(configurations)('%s on stdin', async (_what, given) => {
    await detaches({ config: given });
  });

  test.each(namespaces)('a CNI_NETNS that is %s', async (_what, path) => {
    await detaches({ config, netns: path });
  });

  test('nothing on stdin, while another interface of the sandbox and another sandbox stay', async () => {
    const others = [
      { sandbox: 'sandbox-1', ifname: 'net1' },
      { sandbox: 'sandbox-2', ifname: 'eth0' },
    ];
    const second = networkConfig({ name: 'second', addresses: [], routes: [] });
    for (const other of others) {
      const answer = await callPlugin(host, { command: 'ADD', config: second, netns, ...other });
      expect(answer.exitCode, answer.stdout).toBe(0);
    }
    expect((await callPlugin(host, { command: 'DEL', config: '' })).exitCode).toBe(0);
    expect((await traces(host)).filter((trace) => trace.includes('attachments'))).toHaveLength(2);
    for (const other of others) await callPlugin(host, { command: 'DEL', config: '', ...other });
    expect(await traces(host)).toEqual(before);
  });

  test.each([
    ['no cniVersion', withoutVersion],
    ['a cniVersion that dan does not speak', { ...config, cniVersion: '9.9.9' }],
  ])('%s, as GC does', async (_what, given) => {
    const call = { command: 'GC', config: { ...given, 'cni.dev/valid-attachments': [] } } as const;
    const answer = await callPlugin(host, call);
    expect([answer.exitCode, answer.stdout]).toEqual([0, '']);
    expect(await traces(host)).toEqual(before);
  });

  test('a version that IPAM plugins do not know, while the record is lost', async () => {
    await host.sh('rm /run/dan/attachments/*');
    await detaches({ config: { ...config, cniVersion: '9.9.9', prevResult: [] } });
  });
});
