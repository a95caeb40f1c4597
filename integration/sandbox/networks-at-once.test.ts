import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, type Call, callPlugin, repeated } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { devicesIn } from './dan-file.ts';

/** A network whose interface another plugin has made in the pod. These tests call its dan. */
interface Behind {
  readonly ifname: string;
  readonly address: string;
}

const first: Behind = { ifname: 'eth0', address: '10.101.0.5/24' };
const second: Behind = { ifname: 'eth1', address: '10.102.0.5/24' };

const hostTap = { ifname: 'eth2', config: networkConfig({ addresses: undefined, routes: [], ipam: hostLocal }) };

describe.each(Object.entries(repeated))('of networks that are attached at the same moment, %s', (_name, program) => {
  let host: Host;
  let netns: string;

  beforeEach(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
  });
  afterEach(async () => {
    const left = await traces(host);
    await host[Symbol.asyncDispose]();
    expect(left.filter((line) => !/^(link (host-|tunl)|netns )/.test(line))).toEqual([]);
  });

  const make = async ({ ifname, address }: Behind): Promise<object> => {
    await host.sh(`ip link add host-${ifname} up type veth peer name ${ifname} netns pod
      ip -n pod link set ${ifname} up; ip -n pod address add ${address} dev ${ifname}`);
    return {
      ...{ cniVersion: '1.0.0', name: `behind-${ifname}`, type: 'dan', device: 'tcfilter' },
      prevResult: {
        cniVersion: '1.0.0',
        interfaces: [{ name: ifname, sandbox: netns }],
        ips: [{ address, interface: 0 }],
      },
    };
  };
  const call = (command: Call['command'], config: object, ifname: string): Promise<Answer> =>
    callPlugin(host, { command, config, ifname, netns, program });
  /** Waits until a waiting attachment has written its record. */
  const announced = (): Promise<string> =>
    eventually(`its record`, () => host.sh(`grep -l '"ifname":"${hostTap.ifname}"' /run/dan/attachments/*`));
  const deleted = async (config: object, ifname: string): Promise<void> => {
    expect(await call('DEL', config, ifname)).toMatchObject({ exitCode: 0 });
  };

  test('one waits for the dan behind another plugin', async () => {
    const behind = await make(first);
    const waiting = call('ADD', hostTap.config, hostTap.ifname);
    await announced();
    expect(await call('ADD', behind, first.ifname)).toMatchObject({ exitCode: 0 });
    expect(await waiting).toMatchObject({ exitCode: 0 });
    expect((await devicesIn(host)).map(({ name }) => name)).toEqual(['eth0', 'eth2']);
    await deleted(hostTap.config, hostTap.ifname);
    await deleted(behind, first.ifname);
  });

  test('two that wait for each other both go on', async () => {
    const both = [await make(first), await make(second)] as const;
    const added = await Promise.all([call('ADD', both[0], first.ifname), call('ADD', both[1], second.ifname)]);
    expect(added.map(({ exitCode, stdout }) => (exitCode === 0 ? '' : stdout))).toEqual(['', '']);
    expect((await devicesIn(host)).map(({ name }) => name).sort()).toEqual(['eth0', 'eth1']);
    await deleted(both[0], first.ifname);
    await deleted(both[1], second.ifname);
  });

  test('one goes on when the link that it waits for is taken away', async () => {
    await make(first);
    const waiting = call('ADD', hostTap.config, hostTap.ifname);
    await announced();
    await host.sh('ip link delete host-eth0');
    expect(await waiting).toMatchObject({ exitCode: 0 });
    await deleted(hostTap.config, hostTap.ifname);
  });

  test('one that nobody comes for ends with an error that names both causes', async () => {
    await make(first);
    const { exitCode, json } = await call('ADD', hostTap.config, hostTap.ifname);
    expect(exitCode).toBe(1);
    expect(json).toMatchObject({
      code: 106,
      msg: expect.stringMatching(/link eth0 .* lose.*tcfilter.*setup_serially/),
    });
  });

  const done = [
    ['the plugins before it in its own list made the link', (behind: object) => Promise.resolve(behind)],
    [
      'the result of the other list is there',
      async () => {
        await writeInside(host, '/var/lib/cni/results/other-sandbox-1-eth0', '{}');
        return {};
      },
    ],
  ] as const;

  test.each(done)('one is refused at once where %s', async (_what, prepare) => {
    const { prevResult } = (await prepare(await make(first))) as { readonly prevResult?: object };
    const config = { ...hostTap.config, ...(prevResult === undefined ? {} : { prevResult }) };
    const { json } = await call('ADD', config, hostTap.ifname);
    expect(json).toMatchObject({ code: 106, msg: expect.not.stringContaining('setup_serially') });
    await host.sh('rm -rf /var/lib/cni/results');
  });

  test('one whose DEL comes while it waits makes nothing', async () => {
    const behind = await make(first);
    const waiting = call('ADD', hostTap.config, hostTap.ifname);
    await announced();
    await deleted(hostTap.config, hostTap.ifname);
    expect(await call('ADD', behind, first.ifname)).toMatchObject({ exitCode: 0 });
    expect((await waiting).json).toMatchObject({
      code: 11,
      msg: expect.stringContaining('a DEL of this attachment'),
    });
    await deleted(behind, first.ifname);
  });

  test('one that is told to end while it waits takes its record back', async () => {
    await make(first);
    const [command, ...args] = program;
    const env = {
      ...{ PATH: '/usr/sbin:/usr/bin:/sbin:/bin', CNI_PATH: '/usr/lib/cni', CNI_COMMAND: 'ADD', CNI_NETNS: netns },
      ...{ CNI_CONTAINERID: 'sandbox-1', CNI_IFNAME: hostTap.ifname },
    };
    const adding = host.spawn(command, args, {
      env,
      extendEnv: false,
      reject: false,
      input: JSON.stringify(hostTap.config),
    });
    await announced();
    await host.sh(`for process in /proc/[0-9]*; do
      if tr '\\0' '\\n' <$process/environ 2>/dev/null | grep -q ^CNI_COMMAND=ADD; then kill -TERM \${process#/proc/}; fi; done`);
    const { stdout } = await adding;
    expect(JSON.parse(String(stdout))).toMatchObject({ code: 11, msg: expect.stringContaining('SIGTERM') });
  });
});
