import { afterAll, beforeAll, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, type Program, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';

const sound = {
  cniVersion: '1.1.0',
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:07', sandbox: '/run/netns/pod' }],
  ips: [{ address: '10.7.0.2/24', interface: 0 }],
};

/** Results of which one part is of another type than CNI has it. */
const faulty = [
  { ...sound, interfaces: [{ ...sound.interfaces[0], mac: 7 }] },
  { ...sound, interfaces: [{ ...sound.interfaces[0], sandbox: {} }] },
  { ...sound, interfaces: 'eth0' },
  { ...sound, ips: [{ address: 7 }] },
  { ...sound, ips: [7] },
  { ...sound, routes: [{ dst: '0.0.0.0/0', gw: ['10.7.0.1'] }] },
  { ...sound, routes: {} },
  { ...sound, dns: { nameservers: [7] } },
  { ...sound, dns: [] },
  [],
  'text',
  7,
];

/** What is there before. */
const none = ['netns bare', 'netns pod'];

let host: Host;
beforeAll(async () => {
  host = await Host.create();
  for (const pod of ['pod', 'bare']) await host.podNetns(pod);
  await host.sh(`
    ip -n pod link add eth0 type veth peer name peer0
    ip -n pod link set eth0 address 02:00:00:00:00:07
    ip -n pod addr add 10.7.0.2/24 dev eth0
    ip -n pod link set eth0 up`);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});

test.each([
  ['behind another plugin', programs.rtnetlink, 'pod', { device: 'tcfilter' }],
  [
    'beside another plugin',
    programs.rtnetlink,
    'bare',
    { device: 'vhost-user', bridge: null, addresses: ['10.8.0.2/24'] },
  ],
  ['behind another plugin, on Node', programs.iproute2, 'pod', { device: 'tcfilter' }],
])(
  '%s, a previous result of the wrong types is refused by ADD and CHECK, and DEL does without it',
  async (_, program, pod, keys) => {
    const config = { cniVersion: '1.1.0', name: 'net', type: 'dan', ...keys };
    const call = (command: 'ADD' | 'CHECK' | 'DEL', prevResult: unknown, of: Program = program): Promise<Answer> =>
      callPlugin(host, {
        command,
        config: { ...config, prevResult },
        netns: `/run/netns/${pod}`,
        ifname: 'eth0',
        program: of,
      });
    const refusal = { code: 7, msg: expect.stringMatching(/"prevResult".* must be .*\[invalid-configuration\]$/) };
    for (const prevResult of faulty) {
      expect((await call('ADD', prevResult)).json, JSON.stringify(prevResult)).toMatchObject(refusal);
      expect(await traces(host)).toEqual(none);
    }
    const added = await call('ADD', sound);
    expect(added.exitCode, added.stdout).toBe(0);
    for (const prevResult of faulty) {
      expect((await call('CHECK', prevResult)).json, JSON.stringify(prevResult)).toMatchObject(refusal);
    }
    expect((await call('CHECK', added.json)).stdout).toBe('');
    for (const prevResult of faulty) expect((await call('DEL', prevResult)).exitCode).toBe(0);
    expect(await traces(host)).toEqual(none);
  },
);
