import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, callPlugin, executable, type Program } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';

/** Runs a program, and reports its peak memory in KiB (getrusage(2)). */
const measured = `import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
open('/run/used', 'w').write('%d %d' % (used.ru_maxrss, 1000 * (used.ru_utime + used.ru_stime)))
sys.exit(ended.returncode)`;

const count = 20_000;
const some = <T>(make: (high: number, low: number) => T, length = count): readonly T[] =>
  Array.from({ length }, (_, at) => make(Math.floor(at / 256), at % 256));

const ofIpv6 = <T>(make: (hex: string, at: number) => T, length = count): readonly T[] =>
  Array.from({ length }, (_, at) => make(at.toString(16), at));

const plain = { cniVersion: '1.1.0', name: 'many', type: 'dan', bridge: null, addresses: ['10.9.0.5/16'] };
const neighbors = some((high, low) => ({ address: `10.9.${high}.${low}`, mac: '02:00:00:00:00:01' }), 15_000);
const routes = some((high, low) => ({ dst: `20.${high}.${low}.0/24`, gw: '10.9.0.1' }));

/** Configurations with many elements, and the code of the refusal; 0 if it is accepted. */
const configurations: Readonly<Record<string, readonly [changes: object, code: number]>> = {
  routes: [{ routes }, 0],
  'routes with a gateway each': [
    { routes: some((high, low) => ({ dst: `20.${high}.${low}.0/24`, gw: `10.9.${high}.${low}` }), 15_000) },
    7,
  ],
  addresses: [{ addresses: some((high, low) => `10.${high}.${low}.5/24`) }, 0],
  'addresses that are one': [{ addresses: some(() => '10.9.0.5/16') }, 7],
  neighbors: [{ neighbors }, 0],
  'routes of IPv6 with a gateway each': [
    {
      addresses: ['fd00::5/16'],
      routes: ofIpv6((hex) => ({ dst: `fd01:${hex}::/48`, gw: `fd00::${hex}` }), 15_000),
    },
    7,
  ],
  // A gateway is looked up among the routes for each prefix length that occurs.
  'routes of IPv6 with prefixes of every length': [
    {
      addresses: ['fd00::5/16'],
      routes: ofIpv6((hex, at) => ({ dst: `fd01:${hex}::/${32 + (at % 96)}`, gw: `fd00::9:${hex}` }), 15_000),
    },
    0,
  ],
  'routes to one network': [{ routes: some((high, low) => ({ dst: '20.0.0.0/24', gw: `10.9.${high}.${low}` })) }, 7],
  'routes without a gateway': [{ routes: some((high, low) => ({ dst: `20.${high}.${low}.0/24` })) }, 7],
  'faulty routes': [{ routes: some(() => ({ dst: 'x', gw: 7 })) }, 7],
  'unknown keys': [Object.fromEntries(some((high, low) => [`k${high}-${low}`, 0])), 7],
  'nearly known keys': [Object.fromEntries(some((high, low) => [`mtu${high}${low}`, 0])), 7],
};

describe('many of one thing take a time that is in proportion, and little memory:', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    netns = await host.podNetns('pod');
    await writeInside(host, '/run/measured.py', measured);
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const program: Program = ['python3', '/run/measured.py', executable];
  const call = (command: 'ADD' | 'CHECK' | 'DEL', config: object, variables = {}): Promise<Answer> =>
    callPlugin(host, { command, config, netns, program, variables });
  // Processor time, since the machine may be busy: a loop over pairs takes half a minute.
  const cheap = async (what: string, most = 4000): Promise<void> => {
    const [kibibytes = 0, milliseconds = 0] = (await host.sh('cat /run/used')).split(' ').map(Number);
    expect({ what, isSmall: kibibytes < 64 * 1024, isFast: milliseconds < most }, `${milliseconds} ms`).toEqual({
      what,
      isSmall: true,
      isFast: true,
    });
  };

  test.each(Object.entries(configurations))('%s', async (_what, [changes, code]) => {
    const config = { ...plain, ...changes };
    const added = await call('ADD', config);
    expect(added.json['code'] ?? 0, String(added.json['msg'])).toBe(code);
    await cheap('ADD');
    if (code === 0) {
      expect((await call('CHECK', { ...config, prevResult: {} })).exitCode).toBe(0);
      await cheap('CHECK');
      expect((await host.run('python3', ['/run/measured.py', executable, 'list'])).exitCode).toBe(0);
      await cheap('list');
    } else {
      expect(added.stdout.length).toBeLessThan(10_000);
    }
    expect((await call('DEL', config)).exitCode).toBe(0);
    await cheap('DEL');
    expect(await traces(host)).toEqual(before);
    await writeInside(host, '/run/many.conf', JSON.stringify(config));
    const { exitCode, stdout } = await host.run('python3', [
      '/run/measured.py',
      executable,
      'validate',
      '/run/many.conf',
    ]);
    expect(exitCode).toBe(1);
    expect(stdout.split('\n').length).toBeLessThan(1000);
    await cheap('validate');
  });

  const own = { address: '10.9.0.5/16', gateway: '10.9.0.1' };
  const many = Array.from({ length: 20_000 }, (_, at) => ({ address: `10.9.${at >> 8}.${at & 255}/16` }));

  test.each([
    ['routes', { ips: [own], routes }],
    ['addresses', { ips: many.slice(1).filter(({ address }) => !address.startsWith('10.9.0.')) }],
  ])('%s of an IPAM plugin', async (_what, given) => {
    const answer = JSON.stringify({ cniVersion: '1.1.0', ...given });
    await writeInside(host, '/run/plugins/answer', answer);
    await writeInside(host, '/run/plugins/much', '#!/bin/sh\n[ $CNI_COMMAND = DEL ] || cat /run/plugins/answer\n');
    await host.sh('chmod 755 /run/plugins/much');
    const config = { ...plain, addresses: [], ipam: { type: 'much' } };
    for (const command of ['ADD', 'DEL'] as const) {
      const { exitCode, stdout } = await call(command, config, { CNI_PATH: '/run/plugins' });
      expect(exitCode, stdout).toBe(0);
      await cheap(command);
    }
  });

  test('devices of a DAN file', async () => {
    const file = '/run/kata-containers/dans/sandbox-1.json';
    const devices = some((high, low) => ({
      name: `e${high}-${low}`,
      cni: { network: 'n', ifname: `e${high}-${low}` },
    }));
    // With the one that ADD adds, it has as many as dan takes.
    await writeInside(host, file, JSON.stringify({ netns: null, devices: devices.slice(1) }));
    await host.sh('chmod 700 /run/kata-containers/dans; chmod 755 /run/kata-containers');
    for (const command of ['ADD', 'DEL'] as const) {
      const { exitCode, stdout } = await call(command, plain);
      expect(exitCode, stdout).toBe(0);
      await cheap(command);
    }
    await writeInside(host, file, JSON.stringify({ netns: null, devices }));
    const before = await traces(host);
    const { stdout } = await call('ADD', plain);
    expect(stdout).toContain('would have \\"devices\\" of 20001 elements, and dan takes 20000');
    expect(await traces(host)).toEqual(before);
    expect((await call('DEL', plain)).exitCode).toBe(0);
    for (const options of [[], ['--json'], ['--orphans']]) {
      const { exitCode, stdout } = await host.run('python3', ['/run/measured.py', executable, 'list', ...options]);
      expect(exitCode).toBe(options.includes('--orphans') ? 1 : 0);
      expect(stdout.match(/\borphan\b/g)?.length).toBe(count);
      // With an option, it also says how to remove each.
      await cheap(`list ${options.join(' ')}`, options.length === 0 ? 4000 : 8000);
    }
    await host.run('python3', ['/run/measured.py', executable, 'validate', file]);
    await cheap('validate');
    await writeInside(host, file, JSON.stringify({ netns: null, devices: devices.slice(1) }));
    const tooLarge = { ...plain, routes };
    expect((await call('ADD', tooLarge)).json).toMatchObject({ code: 147, msg: expect.stringMatching(/48 MiB/) });
    expect((await call('DEL', tooLarge)).exitCode).toBe(0);
    expect(await traces(host)).toEqual(before);
    await writeInside(
      host,
      file,
      JSON.stringify({ devices: devices.map((device) => ({ ...device, pad: 'x'.repeat(200) })) }),
    );
    expect((await call('ADD', plain)).json).toMatchObject({
      code: 108,
      msg: expect.stringContaining('more than 2097152 characters'),
    });
    await cheap('ADD');
    await host.sh(`rm ${file}`);
  });

  test('small lists, of which 1 MiB takes more memory than dan has', async () => {
    const small = some(() => [{}], 200_000);
    const { json } = await call('ADD', { ...plain, small });
    expect(json).toMatchObject({ code: 6, msg: expect.stringMatching(/cannot be read: .*48 MiB/) });
    await cheap('ADD');
    expect(await traces(host)).toEqual(before);
  });

  const interfaceOf = (at: number, info: object = {}): object => ({
    name: `e${at}`,
    guest_mac: `02:00:00:00:${(256 + (at >> 8)).toString(16).slice(1)}:${(256 + (at & 255)).toString(16).slice(1)}`,
    device: { type: 'host-tap', tap_name: `t${at}` },
    network_info: { interface: { ip_addresses: [`fd00::${at.toString(16)}/64`] }, ...info },
  });

  // Each is close to the limit of 1 MiB.
  test.each(
    Object.entries({
      devices: ofIpv6((_, at) => interfaceOf(at), 5500),
      routes: [interfaceOf(0, { routes: ofIpv6((hex) => ({ dest: `fd01:${hex}::/48`, gateway: 'fd00::1' })) })],
      'routes with prefixes of every length': [
        interfaceOf(0, {
          routes: ofIpv6((hex, at) => ({ dest: `fd01:${hex}::/${32 + (at % 96)}`, gateway: `fd00::9:${hex}` }), 15_000),
        }),
      ],
      'nearly known keys': [Object.fromEntries(ofIpv6((hex) => [`mtu${hex}`, 0], 60_000))],
    }),
  )('%s of a DAN file that is validated', async (_what, devices) => {
    const text = JSON.stringify({ netns: null, devices });
    expect(text.length).toBeGreaterThan(600_000);
    expect(text.length).toBeLessThan(1024 * 1024);
    await writeInside(host, '/run/many.json', text);
    for (const runtime of ['runtime-rs', 'go', 'generic']) {
      const words = ['validate', '--runtime', runtime, '/run/many.json'];
      const { stdout } = await host.run('python3', ['/run/measured.py', executable, ...words]);
      expect(stdout).toContain('a DAN file');
      await cheap(words.join(' '));
    }
  });

  test('routes in the namespace of a pod whose interface is taken over', async () => {
    const pod = await host.podNetns('many-routes');
    await writeInside(
      host,
      '/run/batch',
      some((high, low) => `route add 20.${high}.${low}.0/24 via 10.1.0.1 dev eth0\n`).join(''),
    );
    await host.sh(`
      ip link add many0 type veth peer name eth0 netns many-routes; ip link set many0 up
      ip -n many-routes addr add 10.1.0.5/16 dev eth0; ip -n many-routes link set eth0 up
      ip -n many-routes -batch /run/batch`);
    const interfaces = [{ name: 'eth0', sandbox: pod }];
    const config = {
      ...{ cniVersion: '1.1.0', name: 'many', type: 'dan', device: 'tcfilter' },
      prevResult: { cniVersion: '1.1.0', interfaces, ips: [{ address: '10.1.0.5/16', interface: 0 }] },
    };
    const routesOf = (): Promise<string> => host.sh('ip -n many-routes route | wc -l');
    const before = await routesOf();
    for (const command of ['ADD', 'CHECK', 'DEL'] as const) {
      const { exitCode, stdout } = await callPlugin(host, { command, config, netns: pod, program });
      expect(exitCode, stdout).toBe(0);
      await cheap(command);
    }
    expect(await routesOf()).toBe(before);
    expect(Number(before)).toBe(count + 1);
  });
});
