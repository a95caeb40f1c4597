import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { bridgeIdentity, hostLocal, makeBridge, networkConfig } from '../host-tap/network.ts';
import { devicesIn } from './dan-file.ts';

const count = 100;

test(`${count} sandboxes come at once and go at once: no address twice, nothing left`, async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  const bridge = await bridgeIdentity(host);
  const config = networkConfig({ addresses: undefined, routes: [], ipam: hostLocal });
  const sandboxes = Array.from({ length: count }, (_, at) => `sandbox-${at}`);
  const all = (command: 'ADD' | 'DEL'): Promise<readonly Answer[]> =>
    Promise.all(
      sandboxes.map(async (sandbox) => {
        const answer = await callPlugin(host, { command, config, sandbox, netns });
        expect(answer.exitCode, answer.stdout).toBe(0);
        return answer;
      }),
    );

  const added = await all('ADD');
  const given = added.map(({ json }) => (json['ips'] as { address: string }[]).map(({ address }) => address));
  expect(new Set(given.flat()).size).toBe(2 * count);
  const links = added.map(({ json }) => (json['interfaces'] as { name: string }[])[0]!.name);
  expect((await traces(host)).filter((line) => line.startsWith('link dan'))).toEqual(
    expect.arrayContaining([...new Set(links)].map((link) => `link ${link}`)),
  );
  expect(new Set(links).size).toBe(count);
  for (const [at, sandbox] of sandboxes.entries()) {
    const files = (await devicesIn(host, sandbox)).map(({ network_info }) => network_info.interface.ip_addresses);
    expect(files).toEqual([given[at]]);
  }
  expect(await bridgeIdentity(host)).toBe(bridge);

  await all('DEL');
  expect(await traces(host)).toEqual(before);
  expect(await bridgeIdentity(host)).toBe(bridge);
});
