import { readdirSync, readFileSync } from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Remark } from '../../../src/cli/validate/remark.ts';
import { type Ran, runOn, unwrapped } from './running.ts';

const network = { type: 'dan', bridge: 'br0', addresses: ['10.88.0.5/24'] };
const list = { cniVersion: '1.0.0', name: 'kata-net' };

async function remarks(document: unknown, place: { readonly file?: string } = {}): Promise<readonly Remark[]> {
  const { out } = await runOn(['validate', '--json'], document, place);
  return (JSON.parse(out) as { remarks: readonly Remark[] }).remarks;
}

async function texts(document: unknown): Promise<readonly string[]> {
  return (await remarks(document)).map(({ severity, where, text }) => `${severity} ${where}: ${text}`);
}

const inList = (...plugins: readonly object[]) => ({ ...list, plugins });

describe('dan validate FILE with a network configuration', () => {
  const directory = new URL('../../../cni-conf/', import.meta.url);
  const ready = readdirSync(directory).filter((name) => name.endsWith('.conflist'));

  it.each(ready)('finds nothing in cni-conf/%s', async (file) => {
    const ran = await runOn(['validate'], readFileSync(new URL(file, directory), 'utf8'), { file });
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain('Nothing found: dan accepts it');
  });

  it('takes a single plugin, and stdin', async () => {
    expect(await remarks({ ...list, ...network })).toEqual([]);
    expect((await runOn(['validate'], { ...list, ...network }, { file: '10.conf' })).code).toBe(0);
  });

  it('takes what flannel, Multus and a device plugin put in, and refuses what they would have of no plugin', async () => {
    const flannel = { ...network, ipMasq: false, isGateway: false, mtu: 1450, hairpinMode: true };
    expect(await texts(inList({ ...flannel, deviceID: 'tap-7', pciBusID: 'tap-7' }))).toEqual([]);
    expect(await texts(inList({ ...network, ipMasq: true }))).toEqual([
      expect.stringMatching(/^error plugins\[0\]: "ipMasq" true must be false or left out: dan makes no rules of NAT/),
    ]);
  });

  it('notes capabilities that dan does not have, and does not fail over them', async () => {
    const capabilities = { ips: true, mac: true, bandwidth: true, aliases: true, macs: true, portMappings: false };
    expect(await texts(inList({ ...network, capabilities }))).toEqual([
      expect.stringMatching(/^note plugins\[0\]: "aliases" of runtimeConfig is not done by dan: put a plugin/),
      'note plugins[0]: "macs" of runtimeConfig is not done by dan, which does not know it',
    ]);
    expect((await runOn(['validate'], inList({ ...network, capabilities }))).code).toBe(0);
  });

  it('tells every fault at once, those of a key and those between keys', async () => {
    const faulty = {
      ...network,
      ...{ mtu: 50, vlan: 'x', briddge: 'br1', ipam: { type: 'host-local' }, socketPath: '/run/s', mode: 'vepa' },
      ...{ runtime: 'runtime-rs-3', queues: 4 },
      routes: [
        { dst: '0.0.0.0/0', gw: 'fd00::1' },
        { dst: '10.0.0.0/8', priority: 5 },
      ],
    };
    const ran = await runOn(['validate'], inList(faulty));
    expect(ran.code).toBe(1);
    const told = unwrapped(ran);
    for (const one of [
      '"mtu" 50 is too small',
      '"vlan" "x" must be a VLAN id',
      'unknown key "briddge" (did you mean "bridge"?)',
      '"addresses" and "ipam" both give addresses',
      '"socketPath" has no effect with "device": "host-tap"',
      '"mode" has no effect with',
      'the route to 0.0.0.0/0 has the gateway fd00::1',
      'the route to 10.0.0.0/8 has priority 5',
      '"queues" 4 cannot be written for "runtime": "runtime-rs-3"',
    ]) {
      expect(told).toContain(one);
    }
    expect(told).toContain('[not-carried-by-profile]');
    // Each finding appears once.
    expect(told.split('"mode" has no effect with')).toHaveLength(2);
  });

  it('tells what only addresses and routes together show', async () => {
    const routes = [{ dst: '0.0.0.0/0' }];
    expect(await remarks(inList({ ...network, routes }))).toMatchObject([{ error: 'route-without-gateway' }]);
    expect(await remarks(inList({ ...network, mtu: 1200, addresses: ['fd00::5/64'] }))).toMatchObject([
      { error: 'mtu-too-small-for-ipv6' },
    ]);
    const many = [...routes, { dst: '10.0.0.0/8' }, { dst: '192.0.2.0/24', gw: '10.88.0.5' }];
    expect((await remarks(inList({ ...network, routes: many }))).map(({ text }) => text)).toEqual([
      expect.stringContaining('the route to 0.0.0.0/0 has no gateway'),
      expect.stringContaining('the route to 10.0.0.0/8 has no gateway'),
      expect.stringContaining("which is the guest's own address"),
    ]);
    const twice = ['10.88.0.5/24', '10.88.0.6/24', '10.88.0.6/24', '10.88.0.5/24'];
    expect(await remarks(inList({ ...network, addresses: twice }))).toHaveLength(2);
    // An IPAM plugin may give the gateway.
    expect(await remarks(inList({ type: 'dan', bridge: 'br0', routes, ipam: { type: 'host-local' } }))).toEqual([]);
  });

  it('names a missing bridge beside the other faults, and once', async () => {
    const told = await texts(inList({ type: 'dan', mtu: 1, addresses: ['10.1.0.5/24'] }));
    expect(told.filter((text) => text.includes('"bridge" is missing'))).toHaveLength(1);
    expect(told).toHaveLength(2);
  });

  it('goes by the Kata configuration where it is readable, and says where it is not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'dan-test-'));
    try {
      const kataConfig = join(directory, 'configuration.toml');
      const old = { ...network, runtime: 'runtime-rs-3', queues: 4, kataConfig };
      expect(await remarks(inList(old))).toMatchObject([
        { severity: 'note', text: expect.stringContaining(kataConfig) },
      ]);
      const text = '[runtime]\ndan_conf = "/run/dans"\n[hypervisor.qemu]\nnetwork_queues = ';
      writeFileSync(kataConfig, `${text}4\n`);
      expect(await remarks(inList(old))).toEqual([]);
      writeFileSync(kataConfig, `${text}2\n`);
      expect(await remarks(inList(old))).toMatchObject([{ severity: 'error', error: 'not-carried-by-profile' }]);
      writeFileSync(kataConfig, 'no = = toml');
      expect(await remarks(inList(old))).toMatchObject([{ severity: 'error', error: 'kata-config-unusable' }]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it.each([
    [{ name: undefined }, 'error name: is missing: no runtime takes a network without a name'],
    [{ name: 'kata net' }, 'error name: "kata net" must start'],
    [{ cniVersion: undefined }, 'error cniVersion: is missing: it is then 0.1.0'],
    [{ cniVersion: '2.0.0' }, 'error cniVersion: "2.0.0" is not supported'],
    [{ cniVersion: '1.1.0' }, 'warning cniVersion: containerd 1.6 and 1.7 know CNI up to 1.0.0 and fail every ADD'],
    [{ cniVersions: '1.0.0' }, 'error cniVersions: "1.0.0" must be a list'],
    [{ cniVersions: ['1.0.0', '9.0.0'] }, 'error cniVersions: ["1.0.0","9.0.0"] has 9.0.0, which a runtime may choose'],
    [{ disableCheck: 'yes' }, 'error disableCheck: "yes" must be true or false'],
    [{ plugins: {} }, 'error plugins: it must be a list'],
    [{ plugins: [] }, 'error plugins: it is empty'],
    [{ plugins: [{ bridge: 'br0' }] }, 'error plugins[0]: it has no "type"'],
    [{ plugins: [{ type: 'bridge' }] }, 'warning plugins: none of them is of type "dan"'],
    [{ plugin: [] }, 'warning : nobody reads the key "plugin" of a list (did you mean "plugins"?)'],
    [{ description: 'ours' }, 'note : nobody reads the key "description" of a list'],
  ])('looks at the list itself: %j', async (changes, expected) => {
    const told = await texts({ ...inList(network), ...changes });
    expect(told).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it('knows by the name of the file how a runtime reads it', async () => {
    expect(await remarks(inList(network), { file: 'kata.conf' })).toMatchObject([
      { severity: 'error', text: expect.stringContaining('call it .conflist') },
    ]);
    expect(await remarks({ ...list, ...network }, { file: 'kata.conflist' })).toMatchObject([{ severity: 'error' }]);
    expect(await remarks(inList(network), { file: 'kata.conflist' })).toEqual([]);
  });

  it.each([
    [[{ type: 'bridge' }, network], ['pod-link-hidden']],
    [[{ type: 'portmap' }, network], []],
    [[{ type: 'dan', device: 'tcfilter' }], ['prev-result-missing']],
    [[{ type: 'dan', device: 'tcfilter', master: 'eth0' }], []],
    [[{ type: 'bridge', ipam: { type: 'host-local' } }, { type: 'dan', device: 'tcfilter' }, { type: 'tuning' }], []],
    [[network, { type: 'tuning' }], [undefined]],
    [[network, { type: 'portmap' }], [undefined]],
    [[{ type: 'portmap' }, { type: 'dan', device: 'tcfilter' }], [undefined]],
    [[{ type: 'house-made' }, network], [undefined]],
    [[network, network], ['attachment-exists']],
  ])('looks at the order of the plugins: %j', async (plugins, errors) => {
    expect((await remarks(inList(...plugins))).map(({ error }) => error)).toEqual(errors);
  });

  it.each([
    [{ ...network, addresses: undefined }, 'no plugin in the list assigns an address'],
    [{ ...network, addresses: undefined, ipam: { type: 'whereabouts' } }, 'counts only the secondary interfaces'],
  ])('does not warn of a network that only Multus may add to another: %j', async (plugin, text) => {
    expect(await remarks(inList(plugin))).toMatchObject([{ severity: 'warning', text: expect.stringContaining(text) }]);
  });

  it('says that dan stands twice in a list', async () => {
    const told = await texts(
      inList({ type: 'bridge', ipam: { type: 'host-local' } }, { type: 'dan', device: 'tcfilter' }, network),
    );
    expect(told).toEqual([
      expect.stringMatching(/^error plugins\[2\]: an earlier plugin of the list is dan already.*leave one/),
    ]);
  });

  it.each(['{', '[]', '{"name": "a", "name": "b"}', '7'])('says that %j is no configuration', async (text) => {
    const ran = await runOn(['validate'], text);
    expect(ran.code).toBe(1);
    expect(unwrapped(ran)).toContain('cannot be read');
  });

  it('shows nothing of a file as it is that would move the cursor', async () => {
    const ran: Ran = await runOn(['validate'], inList({ ...network, '\u001b[2J': 1 }));
    expect(ran.out).not.toContain('\u001b');
    expect(ran.out).toContain('[2J');
  });

  it('knows what is a wrong use', async () => {
    expect(await runOn(['validate', '--runtime', 'go'], inList(network))).toMatchObject({ code: 2 });
    expect(await runOn(['validate', '--runtime', 'rust'], '{"devices":[]}')).toMatchObject({ code: 2 });
  });
});
