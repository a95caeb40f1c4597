import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { bridgeIdentity, makeBridge, networkConfig } from './network.ts';

const file = '/run/kata-containers/dans/sandbox-1.json';

/** A host with the bridge br0, to which a sandbox is attached with these keys. */
async function attached(
  host: Host,
  changes: Readonly<Record<string, unknown>>,
): Promise<{ readonly answer: Answer; readonly check: (config?: object) => Promise<Answer> }> {
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const config = networkConfig(changes);
  const answer = await callPlugin(host, { command: 'ADD', config, netns });
  expect(answer.exitCode, answer.stdout).toBe(0);
  const check = () => callPlugin(host, { command: 'CHECK', config: { ...config, prevResult: answer.json }, netns });
  return { answer, check };
}

/** Whether the tap's port sends frames back out of the port on which they arrived. */
const hairpin = async (host: Host): Promise<string> =>
  (await host.sh('cat /sys/class/net/br0/brif/*/hairpin_mode')).trim();

test('"hairpinMode" is the mode of the port of the bridge, and CHECK names a port that lost it', async () => {
  await using host = await Host.create();
  const { check } = await attached(host, { hairpinMode: true });
  expect(await hairpin(host)).toBe('1');
  expect((await check()).exitCode).toBe(0);
  await host.sh('echo 0 >$(echo /sys/class/net/br0/brif/*/hairpin_mode)');
  expect((await check()).json['msg']).toContain('hairpin mode is false, and was made true');
});

test('without "hairpinMode" the port has none, and CHECK does not mind one that somebody gave it', async () => {
  await using host = await Host.create();
  const { check } = await attached(host, {});
  expect(await hairpin(host)).toBe('0');
  await host.sh('echo 1 >$(echo /sys/class/net/br0/brif/*/hairpin_mode)');
  expect((await check()).exitCode).toBe(0);
});

test('flannel can delegate to a host-tap: its MTU is that of the guest, and its routes are there', async () => {
  await using host = await Host.create();
  // The keys that flannel puts in, except for those of dan and the bridge.
  const routes = [{ dst: '10.244.0.0/16' }];
  const ipam = { type: 'host-local', ranges: [[{ subnet: '10.244.1.0/24' }]], routes };
  const { answer } = await attached(host, {
    ...{ addresses: undefined, routes: undefined, ipam, ipMasq: false, mtu: 1450 },
  });
  expect(answer.stderr).not.toContain('"level":"warn"');
  const { devices } = JSON.parse(await host.sh(`cat ${file}`)) as { devices: object[] };
  expect(devices).toMatchObject([
    { network_info: { interface: { mtu: 1450 }, routes: [{ dest: '10.244.0.0/16', gateway: '10.244.1.1' }] } },
  ]);
  expect((await bridgeIdentity(host)).trim().endsWith('1500')).toBe(true);
});

test('what Multus puts in of a device plugin is ignored, and port mappings are warned of', async () => {
  await using host = await Host.create();
  const { answer } = await attached(host, {
    ...{ deviceID: 'tap-7', pciBusID: 'tap-7', runtimeConfig: { deviceID: 'tap-7', portMappings: [{ hostPort: 80 }] } },
  });
  const warnings = answer.stderr.split('\n').filter((line) => line.includes('"level":"warn"'));
  expect(warnings).toEqual([expect.stringContaining('of runtimeConfig is not done by dan: put the plugin')]);
});
