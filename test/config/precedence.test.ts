import { describe, expect, it } from 'vitest';

import { read, readTap, refusal } from './reading.ts';

const macs = {
  key: '02:00:00:00:00:01',
  cniArgs: '02:00:00:00:00:02',
  args: '02:00:00:00:00:03',
  runtime: '02:00:00:00:00:04',
} as const;

/** The sources of a MAC, in ascending order of precedence. */
const askers = ['key', 'cniArgs', 'args', 'runtime'] as const;
type Asker = (typeof askers)[number];

function macOf(asking: readonly Asker[], values: Readonly<Record<Asker, unknown>> = macs): unknown {
  const asks = (asker: Asker): boolean => asking.includes(asker);
  const changes = {
    podMaySet: ['mac'],
    ...(asks('key') ? { mac: values.key } : {}),
    ...(asks('args') ? { args: { cni: { mac: values.args } } } : {}),
    ...(asks('runtime') ? { runtimeConfig: { mac: values.runtime } } : {}),
  };
  return readTap(changes, asks('cniArgs') ? { MAC: String(values.cniArgs) } : {}).mac;
}

/** Every set of sources. */
const sets = Array.from({ length: 16 }, (_, bits) => askers.filter((_asker, at) => (bits >> at) % 2 === 1));

describe("the guest's MAC", () => {
  it.each(sets.map((asking) => [asking] as const))('asked for by %j is that of the last', (asking) => {
    const last = asking.at(-1);
    expect(macOf(asking)).toBe(last === undefined ? undefined : macs[last]);
  });

  it('is fixed exactly if somebody asks for one', () => {
    expect(read().device).toMatchObject({ mac: undefined });
    expect(read({ mac: macs.key }).device).toMatchObject({ mac: macs.key });
    expect(read({ podMaySet: ['mac'] }, { MAC: macs.cniArgs }).device).toMatchObject({ mac: macs.cniArgs });
  });

  it.each(['', null, undefined])('is not asked for by %j', (nothing) => {
    expect(macOf(['key', 'args', 'runtime'], { ...macs, args: nothing, runtime: nothing })).toBe(macs.key);
  });

  it('is asked for in any case', () => {
    const mac = '02:AB:00:00:00:FF';
    expect(readTap({ runtimeConfig: { Mac: mac } }).mac).toBe(mac.toLowerCase());
    expect(readTap({ podMaySet: ['mac'] }, { MAC: mac, IgnoreUnknown: '1', K8S_POD_NAME: 'x' }).mac).toBe(
      mac.toLowerCase(),
    );
  });

  it.each([
    [{ runtimeConfig: { mac: 'x' } }, {}, '"runtimeConfig.mac" "x" must be six two-digit'],
    [{ podMaySet: ['mac'], args: { cni: { mac: 7 } } }, {}, '"args.cni.mac" 7 must be six two-digit'],
    [
      { podMaySet: ['mac'] },
      { MAC: '01:00:00:00:00:00' },
      '"MAC in CNI_ARGS" "01:00:00:00:00:00" is a multicast address',
    ],
  ])('in %j %j is refused, and it is said who asked', (changes, args, why) => {
    expect(refusal(changes, args)).toContain(why);
  });

  it.each([{ args: { cni: null } }, { args: { cni: [] } }, { args: {} }, { runtimeConfig: {} }])(
    'is not in %j',
    (changes) => {
      expect(readTap(changes).mac).toBeUndefined();
    },
  );
});

describe('fixed addresses', () => {
  const text = (addresses: readonly { text: string; prefix: number }[]) =>
    addresses.map((address) => `${address.text}/${address.prefix}`);

  const key = ['10.0.0.1/24'];
  const args = { cni: { ips: ['10.0.0.2/24', 'fd00::2/64'] } };
  const runtimeConfig = { ips: ['10.0.0.3/24'] };

  it.each([
    [{ addresses: key }, ['10.0.0.1/24']],
    [{ addresses: key, args }, ['10.0.0.2/24', 'fd00::2/64']],
    [{ addresses: key, args, runtimeConfig }, ['10.0.0.3/24']],
    [{ addresses: key, runtimeConfig: { IPs: ['10.0.0.4/24'] } }, ['10.0.0.4/24']],
    [{ addresses: key, args, runtimeConfig: { ips: [] } }, ['10.0.0.2/24', 'fd00::2/64']],
    [{ addresses: key, args: { cni: { ips: null } }, runtimeConfig: { ips: null } }, ['10.0.0.1/24']],
    [{ args, ipam: {} }, ['10.0.0.2/24', 'fd00::2/64']],
  ])('of %j are %j', (changes, addresses) => {
    expect(text(read({ podMaySet: ['ips'], ...changes }).addresses)).toEqual(addresses);
  });

  it('are left to an IPAM plugin, which reads what was asked itself', () => {
    const config = read({ args, runtimeConfig, ipam: { type: 'static' } });
    expect(config).toMatchObject({ addresses: [], ipamType: 'static' });
    expect(read({ runtimeConfig: { ips: 'nonsense' }, ipam: { type: 'static' } }).addresses).toEqual([]);
  });

  it.each([
    [{ runtimeConfig: { ips: '10.0.0.3/24' } }, '"runtimeConfig.ips" "10.0.0.3/24" must be a list'],
    [{ runtimeConfig: { ips: ['10.0.0.3'] } }, '"runtimeConfig.ips[0]" "10.0.0.3" has no prefix length'],
    [{ args: { cni: { ips: [''] } } }, '"args.cni.ips[0]" "" is not an IP address'],
    [{ args: { cni: { ips: '' } } }, '"args.cni.ips" "" must be a list'],
    [{ args: { cni: { ips: [7] } } }, '"args.cni.ips[0]" 7 must be a string like'],
    [{ args: { cni: { ips: ['::1/128'] } } }, '"args.cni.ips[0]" "::1/128" is the loopback address'],
  ])('in %j are refused, and it is said who asked', (changes, why) => {
    expect(refusal({ podMaySet: ['ips'], ...changes })).toContain(why);
  });
});

describe('DNS settings', () => {
  const dns = { nameservers: ['10.0.0.1'] };

  it.each([
    [{ dns }, dns],
    [{ dns, runtimeConfig: { dns: { servers: ['10.0.0.2'] } } }, { nameservers: ['10.0.0.2'] }],
    [
      { runtimeConfig: { dns: { Servers: ['10.0.0.2'], Searches: ['a.example'], Options: ['ndots:2'] } } },
      { nameservers: ['10.0.0.2'], search: ['a.example'], options: ['ndots:2'] },
    ],
    [{ dns, runtimeConfig: { dns: { Servers: null, Searches: null, Options: null } } }, dns],
    [{ dns, runtimeConfig: { DNS: { Servers: ['10.0.0.2', 7] } } }, { nameservers: ['10.0.0.2'] }],
    [{ dns, runtimeConfig: { dns: [] } }, dns],
    [{ dns: {} }, undefined],
    [{}, undefined],
  ])('of %j are %j', (changes, expected) => {
    expect(read(changes).dns).toEqual(expected);
  });
});
