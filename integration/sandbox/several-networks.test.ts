import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { devicesIn } from './dan-file.ts';

const count = 8;

interface Network {
  readonly ifname: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Networks as Multus attaches them, each with its own interface: one leased, one with a socket, the rest taps. */
const networks: readonly Network[] = Array.from({ length: count }, (_, at) => {
  const fixed = { name: `network-${at}`, bridge: null, addresses: [`10.${100 + at}.0.5/24`], routes: [] };
  const changes =
    at === 0
      ? { name: 'network-0', addresses: undefined, routes: [], ipam: hostLocal }
      : { ...fixed, ...(at === 1 ? { device: 'vhost-user', bridge: undefined } : {}) };
  return { ifname: at === 0 ? 'eth0' : `net${at}`, config: networkConfig(changes) };
});

describe(`${count} networks in one sandbox`, () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeEach(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    before = await traces(host);
  });
  afterEach(async () => {
    const left = await traces(host);
    await host[Symbol.asyncDispose]();
    expect(left).toEqual(before);
  });

  const call = async (command: Call['command'], { config, ifname }: Network, more: object = {}): Promise<Answer> => {
    const answer = await callPlugin(host, { command, config: { ...config, ...more }, ifname, netns });
    expect(answer.exitCode, answer.stdout).toBe(0);
    return answer;
  };
  const names = async (): Promise<readonly string[]> => (await devicesIn(host)).map(({ name }) => name);
  const ifnames = networks.map(({ ifname }) => ifname);

  test('are in the file in the order in which they came, and each goes by itself', async () => {
    for (const [at, network] of networks.entries()) {
      const { json } = await call('ADD', network);
      expect(await names()).toEqual(ifnames.slice(0, at + 1));
      await call('CHECK', network, { prevResult: json });
    }
    // From the middle, the beginning and the end.
    const order = [3, 0, 7, 1, 5, 2, 6, 4];
    for (const [done, at] of order.entries()) {
      const gone = order.slice(0, done + 1);
      const kept = await devicesIn(host);
      await call('DEL', networks[at]!);
      expect(await devicesIn(host)).toEqual(kept.filter(({ name }) => name !== networks[at]!.ifname));
      expect(await names()).toEqual(ifnames.filter((_, index) => !gone.includes(index)));
    }
  });

  test('come back behind those that stayed', async () => {
    const [first, second] = networks as [Network, Network];
    for (const network of [first, second]) await call('ADD', network);
    await call('DEL', first);
    await call('ADD', first);
    expect(await names()).toEqual([second.ifname, first.ifname]);
    for (const network of [first, second]) await call('DEL', network);
  });

  test('all come at once and all go at once', async () => {
    const added = await Promise.all(networks.map((network) => call('ADD', network)));
    expect([...(await names())].sort()).toEqual([...ifnames].sort());
    await Promise.all(networks.map((network, at) => call('CHECK', network, { prevResult: added[at]!.json })));
    await Promise.all(networks.map((network) => call('DEL', network)));
    expect(await devicesIn(host)).toEqual([]);
  });

  test('half of them come while the others go, again and again', async () => {
    const even = networks.filter((_, at) => at % 2 === 0);
    const odd = networks.filter((_, at) => at % 2 === 1);
    const swap = async (come: readonly Network[], go: readonly Network[]): Promise<void> => {
      await Promise.all([...come.map((network) => call('ADD', network)), ...go.map((network) => call('DEL', network))]);
      expect([...(await names())].sort()).toEqual(come.map(({ ifname }) => ifname).sort());
    };
    await swap(even, []);
    for (let round = 0; round < 3; round++) {
      await swap(odd, even);
      await swap(even, odd);
    }
    await swap([], even);
  });

  test('one that is refused while others come takes nothing of theirs with it', async () => {
    const wrong = {
      ifname: 'net9',
      config: networkConfig({ name: 'wrong', addresses: ['10.101.0.5/24'], routes: [] }),
    };
    const [, taken, ...others] = networks as [Network, Network, ...Network[]];
    await call('ADD', taken);
    const [refused] = await Promise.all([
      callPlugin(host, { command: 'ADD', ...wrong, netns }),
      ...others.map((network) => call('ADD', network)),
    ]);
    expect(refused).toMatchObject({ exitCode: 1, json: { code: 7 } });
    const kept = [taken, ...others];
    expect([...(await names())].sort()).toEqual(kept.map(({ ifname }) => ifname).sort());
    await Promise.all([call('DEL', wrong), ...kept.map((network) => call('DEL', network))]);
  });
});
