import { describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { attach, callBefore, callDan } from '../tcfilter/chain.ts';
import { prepareHost, tcfilterNetwork } from '../tcfilter/networks.ts';

const bandwidth = { ingressRate: 8e6, ingressBurst: 262_144, egressRate: 80e6, egressBurst: 2_621_440 };

const tapOf = ({ json }: Answer): string => (json['interfaces'] as { name: string }[])[0]!.name;

/** The root disciplines of links on a host, as `tc` prints them. */
async function roots(host: Host, ...links: readonly string[]): Promise<readonly unknown[]> {
  const shown = links.map(async (link) => JSON.parse(await host.sh(`tc -j qdisc show dev ${link} root`)) as unknown[]);
  return (await Promise.all(shown)).map(([first]) => first);
}

describe.each(['rtnetlink', 'iproute2'] as const)('host-tap with limits, by %s', (by) => {
  const program = programs[by];

  test('has a filter for each direction, which CHECK compares and DEL removes with the ifb', async () => {
    await using host = await Host.create();
    await makeBridge(host);
    const netns = await host.podNetns('pod');
    const before = await traces(host);
    const config = networkConfig({ runtimeConfig: { bandwidth } });
    const call = (command: 'ADD' | 'CHECK' | 'DEL', prevResult?: unknown) =>
      callPlugin(host, { command, config: { ...config, prevResult }, netns, program });
    const changes: readonly (readonly [change: string, says: string])[] = [
      ['tc qdisc del dev $tap root', 'the limit of 8000000 bits a second at $tap is gone'],
      [
        'tc qdisc change dev ${tap}i root tbf rate 16mbit burst 40960 limit 90000',
        'at ${tap}i is 16000000 bits a second',
      ],
      [
        'tc qdisc change dev $tap root tbf rate 8mbit burst 40960 limit 90000',
        'the burst of the limit at $tap is 327680',
      ],
      ['tc qdisc del dev $tap ingress', 'the redirect from $tap to ${tap}i is gone'],
      ['ip link set ${tap}i down', '${tap}i: state is down, and was made up'],
      ['ip link del ${tap}i', '${tap}i is gone'],
    ];
    for (const [change, says] of changes) {
      const added = await call('ADD');
      expect(added.exitCode, added.stdout).toBe(0);
      const tap = tapOf(added);
      expect(await roots(host, tap, `${tap}i`)).toMatchObject([
        { kind: 'tbf', options: { rate: 1_000_000, burst: 32_768, lat: 25_000 } },
        { kind: 'tbf', options: { rate: 10_000_000 } },
      ]);
      expect(await call('CHECK', added.json)).toMatchObject({ exitCode: 0, stdout: '' });
      await host.sh(`tap=${tap}; ${change}`);
      const found = await call('CHECK', added.json);
      expect(found.json['msg'], found.stdout).toContain(says.replaceAll('${tap}', tap).replaceAll('$tap', tap));
      expect(await call('DEL')).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await traces(host)).toEqual(before);
    }
  });

  test('whose tap somebody deleted leaves no ifb, whether DEL or GC removes it, with a record or without', async () => {
    await using host = await Host.create();
    await makeBridge(host);
    const netns = await host.podNetns('pod');
    const before = await traces(host);
    const config = networkConfig({ bandwidth });
    const gc = { ...config, 'cni.dev/valid-attachments': [] };
    const ways = [
      ['DEL', ''],
      ['DEL', 'rm /run/dan/attachments/*'],
      ['GC', ''],
      ['GC', 'rm /run/dan/attachments/* /run/kata-containers/dans/*'],
    ] as const;
    for (const [command, lost] of ways) {
      const added = await callPlugin(host, { command: 'ADD', config, netns, program });
      expect(added.exitCode, added.stdout).toBe(0);
      await host.sh(`ip link del ${tapOf(added)}; ${lost}`);
      const gone = await callPlugin(host, { command, config: command === 'GC' ? gc : config, netns, program });
      expect(gone, gone.stdout).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await traces(host)).toEqual(before);
    }
  });
});

test('host-tap without a bridge has the same limits', async () => {
  await using host = await Host.create();
  const netns = await host.podNetns('pod');
  const config = networkConfig({ bridge: null, bandwidth });
  const added = await callPlugin(host, { command: 'ADD', config, netns });
  expect(added.exitCode, added.stdout).toBe(0);
  const tap = tapOf(added);
  expect(await roots(host, tap, `${tap}i`)).toMatchObject([{ kind: 'tbf' }, { kind: 'tbf' }]);
});

test('a burst that passes no frame is refused, and nothing is made', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  const config = networkConfig({ runtimeConfig: { bandwidth: { egressRate: 8e6, egressBurst: 8000 } } });
  const { exitCode, json } = await callPlugin(host, { command: 'ADD', config, netns });
  expect({ exitCode, code: json['code'] }).toEqual({ exitCode: 1, code: 161 });
  expect(json['msg']).toContain('ask for 12112 bits or more');
  expect(await traces(host)).toEqual(before);
});

test('tcfilter for runtime-rs limits what its tap and its pair send, and CHECK compares that', async () => {
  await using host = await Host.create();
  await prepareHost(host, 'bridge');
  const netns = await host.podNetns('pod');
  const network = tcfilterNetwork({ plugin: 'bridge', changes: { bandwidth } });
  const attaching = { host, network, netns };
  const added = await attach(attaching);
  const tap = (added['interfaces'] as { name: string }[])
    .map(({ name }) => name)
    .find((name) => /^dan[0-9a-f]{11}$/.test(name))!;
  expect(await roots(host, tap, `${tap}h`)).toMatchObject([
    { kind: 'tbf', options: { rate: 1_000_000 } },
    { kind: 'tbf', options: { rate: 10_000_000 } },
  ]);
  expect(await callDan(attaching, 'CHECK', added)).toMatchObject({ exitCode: 0, stdout: '' });
  await host.sh(`tc qdisc del dev ${tap}h root`);
  const found = await callDan(attaching, 'CHECK', added);
  expect(found.json['msg']).toContain(`the limit of 80000000 bits a second at ${tap}h is gone`);
  expect(await callDan(attaching, 'DEL')).toMatchObject({ exitCode: 0, stdout: '' });
  await callBefore(attaching, 'DEL');
});
