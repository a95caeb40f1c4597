import { describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callBefore, callDan, type CniResult, danFile } from './chain.ts';
import { pluginsBefore, prepareHost, tcfilterNetwork } from './networks.ts';

interface Interface {
  readonly name: string;
  readonly sandbox?: string;
}

const interfacesOf = (result: CniResult): readonly Interface[] => result['interfaces'] as readonly Interface[];

/** Modified results of a plugin: Calico's two forms, and others that occur in practice. */
const forms: Readonly<Record<string, (result: CniResult) => object>> = {
  'no interface in the pod': ({ interfaces: _, ips }) => ({
    interfaces: [{ name: 'cali1' }],
    ips: (ips as readonly object[]).map((ip) => ({ ...ip, interface: undefined })),
  }),
  "the host's end as one of the pod": ({ ips }) => ({
    interfaces: [{ name: 'cali1', sandbox: '/run/netns/pod' }],
    ips: (ips as readonly object[]).map((ip) => ({ ...ip, interface: null })),
  }),
  'nothing but nulls': () => ({ interfaces: null, routes: null, dns: null }),
  'an index that is out of range, and another path of the namespace': (result) => ({
    interfaces: interfacesOf(result).map((one) =>
      one.sandbox === undefined ? one : { ...one, sandbox: '/var/run/netns/pod' },
    ),
    ips: (result['ips'] as readonly object[]).map((ip) => ({ ...ip, interface: 9 })),
  }),
};

describe.each(pluginsBefore)('behind %s', (plugin) => {
  test.each(Object.entries(forms))('the guest gets eth0 although the result has %s', async (_what, form) => {
    await using host = await Host.create();
    await prepareHost(host, plugin);
    const attaching = { host, network: tcfilterNetwork({ plugin }), netns: await host.podNetns('pod') };
    const made = await callBefore(attaching, 'ADD');
    const handed = { ...made, ...form(made) };
    const { exitCode, stdout, json } = await callDan(attaching, 'ADD', handed);
    expect(exitCode, stdout).toBe(0);

    const mac = (await host.sh('ip netns exec pod cat /sys/class/net/eth0/address')).trim();
    const { devices } = JSON.parse(await host.sh(`cat ${danFile(attaching)}`)) as { devices: object[] };
    expect(devices).toMatchObject([{ name: 'eth0', guest_mac: mac }]);
    const at = interfacesOf(json).findIndex(({ name, sandbox = '' }) => name === 'eth0' && sandbox !== '');
    const ips = json['ips'] as readonly { readonly interface?: number }[];
    expect(at).toBeGreaterThanOrEqual(0);
    for (const ip of ips) expect(ip.interface).toBe(at);
    expect(ips.length).toBe((made['ips'] as readonly object[]).length);
    expect((await callDan(attaching, 'CHECK', json)).exitCode).toBe(0);
    expect((await callDan(attaching, 'DEL', json)).exitCode).toBe(0);
  });
});

test("ADD refuses eth0 whose ingress somebody has, although the result names the host's end instead", async () => {
  await using host = await Host.create();
  await prepareHost(host, 'ptp');
  const attaching = { host, network: tcfilterNetwork({ plugin: 'ptp' }), netns: await host.podNetns('pod') };
  const made = await callBefore(attaching, 'ADD');
  await host.sh('ip netns exec pod tc qdisc add dev eth0 clsact');
  const handed = { ...made, interfaces: [{ name: 'cali1', sandbox: '/run/netns/pod' }] };
  expect((await callDan(attaching, 'ADD', handed)).json).toMatchObject({ code: 117 });
});

test('CHECK names a default route that is moved after the ADD, as Multus does it', async () => {
  await using host = await Host.create();
  await prepareHost(host, 'bridge');
  const attaching = { host, network: tcfilterNetwork({ plugin: 'bridge' }), netns: await host.podNetns('pod') };
  const { json } = await callDan(attaching, 'ADD', await callBefore(attaching, 'ADD'));
  expect((await callDan(attaching, 'CHECK', json)).exitCode).toBe(0);
  await host.sh('ip -n pod -4 route del default; ip -n pod route add default via 10.88.0.9 dev eth0');
  const checked = await callDan(attaching, 'CHECK', json);
  expect(checked.json).toMatchObject({ code: 115 });
  expect(checked.json['msg']).toContain('has the route 0.0.0.0/0 via 10.88.0.9 since ADD, and the guest has not');
  expect(checked.json['msg']).toContain('no longer has the route 0.0.0.0/0 via 10.88.0.1');
});
