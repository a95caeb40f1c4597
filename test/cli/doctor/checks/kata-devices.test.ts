import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unasked } from '../made-up-facts.ts';
import { conflist, containerdConfig, hostTap, kataConfig, type MadeUpNode, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const kata = (hypervisor: string, table = '', runtime = ''): MadeUpNode =>
  node.write({
    '/etc/kata-containers/configuration.toml': `${kataConfig
      .replaceAll('dragonball', hypervisor)
      .replace('default_vcpus = 1', table)}${runtime}\n`,
  });
const network = (plugin: object): MadeUpNode => node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist([plugin]) });
const vhostUser = { type: 'dan', device: 'vhost-user', socketPath: '/run/s/s', addresses: ['10.1.0.5/24'] };

describe('kata-device-kind', () => {
  test.each(['qemu', 'cloud-hypervisor', 'firecracker'])('%s attaches no vhost-user device', async (hypervisor) => {
    kata(hypervisor);
    const [finding] = await network(vhostUser).find('kata-device-kind');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toContain(`is for the hypervisor ${hypervisor}, which attaches no vhost-user`);
    expect(finding?.cure).toContain('dragonball');
  });

  test('Dragonball does, and a host-tap is for every one', async () => {
    expect(await network(vhostUser).find('kata-device-kind')).toEqual([]);
    kata('qemu');
    expect(await network(hostTap).find('kata-device-kind')).toEqual([]);
  });
});

describe('kata-queues', () => {
  test('before 4.0, network_queues counts', async () => {
    const [finding] = await network({ ...hostTap, runtime: 'runtime-rs-3' })
      .write({ '/etc/kata-containers/config.d/q': '[hypervisor.dragonball]\nnetwork_queues = 4\n' })
      .find('kata-queues');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(/results in network_queues = 4, .* and .*10-dan.conflist results in "queues": 1$/);
    expect(finding?.files?.[0]?.content).toBe('[hypervisor.dragonball]\nnetwork_queues = 1\n');
  });

  test('from 4.0 on the file does', async () => {
    expect(await network({ ...hostTap, queues: 4 }).find('kata-queues')).toEqual([]);
  });

  test('but not in every version with Cloud Hypervisor', async () => {
    kata('cloud-hypervisor');
    expect((await network({ ...hostTap, queues: 4 }).find('kata-queues'))[0]?.severity).toBe('warning');
    kata('cloud-hypervisor', 'network_queues = 4');
    expect(await node.find('kata-queues')).toEqual([]);
  });
});

describe('kata-shared-memory', () => {
  const generic = { ...vhostUser, runtime: 'generic' };

  test('memory of QEMU’s own cannot be mapped by a switch', async () => {
    kata('qemu', 'shared_fs = "virtio-9p"');
    const [finding] = await network(generic).find('kata-shared-memory');
    expect(finding?.severity).toBe('error');
    expect(finding?.cure).toContain('enable_hugepages = true');
  });

  test.each([
    'shared_fs = "virtio-fs"',
    'file_mem_backend = "/dev/shm"\nshared_fs = "virtio-9p"',
    'enable_hugepages = true',
  ])('with %s it can', async (setting) => {
    kata('qemu', setting);
    expect(await network(generic).find('kata-shared-memory')).toEqual([]);
  });

  test('huge pages that are asked for must be there', async () => {
    kata('dragonball', 'enable_hugepages = true');
    const meminfo = (total: number): string =>
      `HugePages_Total: ${total}\nHugePages_Free: ${total}\nHugepagesize: 2048 kB\n`;
    node.write({ '/proc/meminfo': meminfo(0), '/proc/1/mounts': '' });
    expect((await node.find('kata-hugepages'))[0]?.severity).toBe('warning');
    node.write({ '/proc/meminfo': meminfo(64) });
    expect(await node.find('kata-hugepages')).toEqual([]);
  });
});

describe('kata-bridges', () => {
  test('more than five are cut to five', async () => {
    const [finding] = await kata('dragonball', 'default_bridges = 9').find('kata-bridges');
    expect(finding).toMatchObject({ severity: 'note', seen: expect.stringContaining('default_bridges = 9') });
  });

  test('more networks than there is room for', async () => {
    const plugins = Array.from({ length: 31 }, () => hostTap);
    node.write({ '/etc/cni/kata.d/10-dan.conflist': conflist(plugins) });
    expect((await node.find('kata-bridges'))[0]?.seen).toContain(
      'has 1 PCI bridges, and its pods get 31 networks of dan',
    );
  });
});

describe('kata-vhost-net', () => {
  beforeEach(() => {
    node.write({ '/dev/null': '' });
  });

  test('is asked of QEMU alone', async () => {
    expect(await node.find('kata-vhost-net')).toEqual([]);
    expect((await kata('qemu').find('kata-vhost-net'))[0]?.severity).toBe('error');
  });

  test('the Rust runtime opens it whatever disable_vhost_net says', async () => {
    const [finding] = await kata('qemu', 'disable_vhost_net = true').find('kata-vhost-net');
    expect(finding?.seen).toContain(
      'has disable_vhost_net = true, but QEMU under the Rust runtime opens /dev/vhost-net',
    );
  });

  test('the Go runtime does not', async () => {
    node.write({
      '/etc/containerd/config.toml': containerdConfig.replaceAll('/runtime-rs/', '/'),
      '/etc/kata-containers/configuration.toml': '[hypervisor.qemu]\ndisable_vhost_net = true\n',
    });
    expect(await node.find('kata-vhost-net')).toEqual([]);
  });

  test('where there is no /dev, it is not asked', async () => {
    using other = soundNode();
    expect(unasked('kata-vhost-net', await other.look())).toBe('there is no /dev of a node that runs');
  });
});
