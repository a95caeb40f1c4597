import { describe, expect, test } from 'vitest';
import type { DeviceNode, DeviceNodes } from '../../../../src/cli/doctor/facts/kernel.ts';
import { MadeUpNode } from '../made-up-node.ts';
import { facts, find, network, networks, unasked } from '../made-up-facts.ts';

const sound = facts().kernel.deviceNodes!;

function withNode(name: keyof DeviceNodes, change: Partial<DeviceNode>): { kernel: { deviceNodes: DeviceNodes } } {
  return { kernel: { deviceNodes: { ...sound, [name]: { ...sound[name], ...change } } } };
}

const hostTap = network('pods', networks.hostTap);

describe('/dev/net/tun', () => {
  test('is an error where a network needs taps', () => {
    const [found] = find('kernel-tun', facts({ networks: [hostTap], ...withNode('tun', { state: 'missing' }) }));
    expect(found).toMatchObject({ severity: 'error', seen: '/dev/net/tun is missing; the network "pods" needs it' });
    expect(found?.cure).toContain('modprobe tun');
    expect(found?.files?.[0]?.path).toBe('/etc/modules-load.d/dan.conf');
  });

  test('is a warning on a node without networks, a note where only vhost-user is used', () => {
    const missing = withNode('tun', { state: 'missing' });
    expect(find('kernel-tun', facts(missing))).toMatchObject([{ severity: 'warning' }]);
    const vhostUser = [network('fast', networks.vhostUser)];
    expect(find('kernel-tun', facts({ networks: vhostUser, ...missing }))).toMatchObject([{ severity: 'note' }]);
  });

  test.each([
    [{ state: 'other' } as const, 'is no character device'],
    [{ numbers: '1:3' }, 'is the device 1:3, not 10:200'],
    [{ refused: 'ENODEV' }, 'cannot be opened (ENODEV)'],
    [{ refused: 'EPERM' }, 'cannot be opened (EPERM)'],
  ])('that is %o %s', (change, said) => {
    expect(find('kernel-tun', facts(withNode('tun', change)))[0]?.seen).toContain(said);
  });

  test('that is refused is no matter of modules', () => {
    const [found] = find('kernel-tun', facts(withNode('tun', { refused: 'EPERM' })));
    expect(found?.cure).toContain('cgroup');
    expect(found?.cure).not.toContain('modprobe');
  });
});

test('without KVM no pod starts, and a processor without virtualization is said to be the cause', () => {
  const missing = withNode('kvm', { state: 'missing' });
  expect(find('kernel-kvm', facts(missing))).toMatchObject([{ severity: 'error', seen: '/dev/kvm is missing' }]);
  const nested = facts({ kernel: { ...missing.kernel, virtualization: false } });
  expect(find('kernel-kvm', nested)[0]?.cure).toContain('nested virtualization');
});

test.each([
  ['kernel-vhost-net', 'vhostNet', 'modprobe vhost_net'],
  ['kernel-vhost-vsock', 'vhostVsock', 'modprobe vhost_vsock'],
] as const)('%s is what QEMU needs', (id, name, cure) => {
  const missing = withNode(name, { state: 'missing' });
  const using = (hypervisor: string | undefined) =>
    ({ uses: [{ config: { file: { settings: { hypervisor } } } }] }) as unknown as ReturnType<typeof facts>['kata'];
  const [unknown] = find(id, facts(missing));
  expect(unknown).toMatchObject({ severity: 'warning', cure: expect.stringContaining(cure) });
  expect(find(id, facts({ ...missing, kata: using('qemu') }))).toMatchObject([{ severity: 'error' }]);
  expect(find(id, facts({ ...missing, kata: using('dragonball') }))).toMatchObject([{ severity: 'note' }]);
  expect(find(id, facts({ ...missing, kata: using(undefined) }))).toMatchObject([{ severity: 'warning' }]);
});

test('the finding of /dev/vhost-net names the error of Kata, and says what does not help', () => {
  const [found] = find('kernel-vhost-net', facts(withNode('vhostNet', { state: 'missing' })));
  expect(found?.why).toContain('Could not setup vhost fds');
  expect(found?.why).toContain('disable_vhost_net');
  expect(found?.cure).toContain('feature gate');
});

describe('of a node that is mounted somewhere', () => {
  test('an empty /dev tells nothing', async () => {
    using node = new MadeUpNode();
    const seen = await node.look();
    expect(unasked('kernel-tun', seen)).toBe('there is no /dev of a node that runs');
    expect(unasked('kernel-tap', seen)).toBe('only files are looked at');
  });

  test('what is missing in a /dev in use, and what is no device, is found', async () => {
    using node = new MadeUpNode().write({
      '/dev/null': '',
      '/dev/net/tun': 'a file',
      '/proc/cpuinfo': 'flags\t: fpu sse\n',
    });
    const seen = await node.look();
    expect(find('kernel-tun', seen)[0]?.seen).toContain('/dev/net/tun is no character device');
    expect(find('kernel-vhost-net', seen)[0]?.seen).toContain('/dev/vhost-net is missing');
    expect(find('kernel-kvm', seen)[0]?.cure).toContain('vmx, svm');
  });
});
