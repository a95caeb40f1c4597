import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callBefore, callDan, danFile } from './chain.ts';
import { prepareHost, tcfilterNetwork } from './networks.ts';

interface LogLine {
  readonly level: string;
  readonly message: string;
}

function warnings(stderr: string): readonly LogLine[] {
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as LogLine);
  return lines.filter(({ level }) => level === 'warn');
}

test('where the result of the plugin before and the kernel disagree, the file has what the kernel has', async () => {
  await using host = await Host.create();
  await prepareHost(host, 'bridge');
  const attaching = { host, network: tcfilterNetwork({ plugin: 'bridge' }), netns: await host.podNetns('pod') };
  const made = await callBefore(attaching, 'ADD');
  // Changes the interface after the plugin, like the plugin `tuning`.
  await host.sh(`
    ip -n pod link set eth0 address 02:00:00:00:00:07 mtu 1400
    ip -n pod -4 address flush dev eth0
    ip -n pod address add 10.88.0.7/24 dev eth0
    ip -n pod route add default via 10.88.0.1
    ip -n pod route add 198.51.100.0/24 via 10.88.0.254 mtu 1300
    ip -n pod neighbor add 10.88.0.254 lladdr 02:00:00:00:02:54 dev eth0 nud permanent`);

  const { exitCode, stdout, stderr, json } = await callDan(attaching, 'ADD', made);
  expect(exitCode, stdout).toBe(0);
  const { devices } = JSON.parse(await host.sh(`cat ${danFile(attaching)}`)) as { devices: object[] };
  expect(devices).toMatchObject([
    {
      name: 'eth0',
      guest_mac: '02:00:00:00:00:07',
      network_info: {
        interface: { ip_addresses: ['10.88.0.7/24', 'fd00:88::2/64'], mtu: 1400 },
        neighbors: [{ ip_address: '10.88.0.254/32', hardware_addr: '02:00:00:00:02:54', state: 128 }],
      },
    },
  ]);
  const { routes } = (devices[0] as { network_info: { routes: object[] } }).network_info;
  expect(new Set(routes)).toEqual(
    new Set([
      { dest: '0.0.0.0/0', gateway: '10.88.0.1' },
      { dest: '::/0', gateway: 'fd00:88::1' },
      { dest: '198.51.100.0/24', gateway: '10.88.0.254', mtu: 1300 },
    ]),
  );
  expect(warnings(stderr)).toMatchObject([
    { message: expect.stringContaining('addresses'), missing: ['10.88.0.2'], unannounced: ['10.88.0.7'] },
    { message: expect.stringContaining('MAC'), kernel: { mac: '02:00:00:00:00:07', mtu: 1400 } },
  ]);
  // The runtime and later plugins get the previous plugin's result with the tap added.
  expect(json).toMatchObject({ ips: made['ips'], routes: made['routes'] });
  const interfaces = (result: typeof json): readonly object[] => result['interfaces'] as readonly object[];
  expect(interfaces(json).slice(0, -1)).toEqual(interfaces(made));
});

test('what agrees is not worth a warning', async () => {
  await using host = await Host.create();
  await prepareHost(host, 'bridge');
  const attaching = { host, network: tcfilterNetwork({ plugin: 'bridge' }), netns: await host.podNetns('pod') };
  const { exitCode, stderr } = await callDan(attaching, 'ADD', await callBefore(attaching, 'ADD'));
  expect({ exitCode, warnings: warnings(stderr) }).toEqual({ exitCode: 0, warnings: [] });
});
