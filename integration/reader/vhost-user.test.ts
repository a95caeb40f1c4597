import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { bootFromFile } from './boot-from-file.ts';

const file = '/run/kata-containers/dans/sandbox.json';

async function write(host: Host, netns: string | null, path: string): Promise<void> {
  const info = { interface: { ip_addresses: [], mtu: 1500, ntype: 'tuntap', flags: 0 }, routes: [], neighbors: [] };
  const device = { type: 'vhost-user', path, queue_num: 1 };
  const devices = [{ name: 'eth0', guest_mac: '02:00:00:00:00:01', device, network_info: info }];
  await writeInside(host, file, JSON.stringify({ netns, devices }));
}

test('a socket that is there, or that no switch comes to, is refused', async () => {
  await using host = await Host.create();
  const taken = `${host.directory}/taken.sock`;
  await host.sh(`touch ${taken}`);
  await write(host, null, taken);
  await expect(bootFromFile({ host, file })).rejects.toThrow('exists already: Dragonball would refuse the sandbox');
  await write(host, await host.podNetns('pod'), taken);
  await expect(bootFromFile({ host, file })).rejects.toThrow(/cannot connect to socket .*Connection refused/);

  await host.sh(`rm ${taken}`);
  await write(host, null, taken);
  await expect(bootFromFile({ host, file })).rejects.toThrow(
    /the switch on socket .*taken.sock did not come within 5 s: Dragonball would wait for ever/,
  );
  expect(await host.sh(`ls ${host.directory}; pgrep qemu || echo none`)).toBe('none');
});
