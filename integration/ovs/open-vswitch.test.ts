import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { bridged } from './hand-made.ts';

test('a database and a switch stop and start, and keep what they have', async () => {
  await using host = await Host.create();
  await using ovs = await bridged(host, {});
  await host.sh('ip tuntap add dev tap0 mode tap');
  await ovs.vsctl('add-port', 'br0', 'tap0');
  expect(await ovs.rows()).toEqual(['interface tap0', 'port tap0']);

  await ovs.stopDatabase();
  await expect(ovs.vsctl('show')).rejects.toThrow('database connection failed');
  await ovs.startDatabase();
  expect(await ovs.rows()).toEqual(['interface tap0', 'port tap0']);

  await ovs.stopSwitch();
  await ovs.vsctl('--no-wait', 'del-port', 'tap0');
  expect(await ovs.rows()).toEqual([]);
  await ovs.startSwitch();
  await expect(ovs.vsctl('del-port', 'tap0')).rejects.toThrow('no port named tap0');
  expect(await host.sh('ls /var/log/openvswitch')).toBe('');
});
