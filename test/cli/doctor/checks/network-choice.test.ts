import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MadeUpNode } from '../made-up-node.ts';
import { conflist, containerdConfig, hostTap, soundNode } from '../made-up-node.ts';

let node: MadeUpNode;
beforeEach(() => {
  node = soundNode();
});
afterEach(() => {
  node[Symbol.dispose]();
});

const shared = containerdConfig.replace('cni_conf_dir = "/etc/cni/kata.d"\n', '');

test('nothing is found on a sound node', async () => {
  expect(await node.find()).toEqual([]);
});

describe('cni-handler-not-kata', () => {
  test('a directory that containers share with virtual machines is an error, and the cure names both handlers', async () => {
    node.write({ '/etc/containerd/config.toml': shared, '/etc/cni/net.d/05-dan.conflist': conflist([hostTap]) });
    const [finding, ...others] = await node.find('cni-handler-not-kata');
    expect(others).toEqual([]);
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(/^pods of the handler "runc", which pods without a RuntimeClass have, get .*05-dan/);
    expect(finding?.cure).toContain('cni_conf_dir = "/etc/cni/kata.d" in the table of the handler "kata"');
  });

  test('where Kata’s handler has a directory already, the file is to be moved there', async () => {
    node.write({ '/etc/cni/net.d/05-dan.conflist': conflist([hostTap]) });
    const [finding] = await node.find('cni-handler-not-kata');
    expect(finding?.cure).toMatch(/^move .*05-dan.conflist to \/etc\/cni\/kata.d, the directory of the handler "kata"/);
  });

  test('a file that sorts behind the one that is chosen reaches nobody', async () => {
    node.write({ '/etc/cni/net.d/20-dan.conflist': conflist([hostTap]) });
    expect(await node.find('cni-handler-not-kata')).toEqual([]);
  });

  test('the handler that is the default is Kata’s: no other handler is concerned', async () => {
    node.write({
      '/etc/containerd/config.toml': `
        version = 3
        [plugins."io.containerd.cri.v1.runtime".containerd]
        default_runtime_name = "k"
        [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.k]
        runtime_type = "io.containerd.kata-qemu.v2"
        [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
        runtime_type = "io.containerd.runc.v2"
        cni_conf_dir = "/etc/cni/runc.d"
        [plugins."io.containerd.cri.v1.runtime".cni]
        conf_dir = "/etc/cni/kata.d"`,
      '/etc/cni/runc.d/a.conflist': conflist([{ type: 'bridge' }]),
    });
    expect(await node.find('cni-handler-not-kata')).toEqual([]);
  });
});

describe('cni-dan-chosen', () => {
  test('another configuration in front of dan’s takes its place', async () => {
    node.write({ '/etc/cni/kata.d/05-bridge.conflist': conflist([{ type: 'bridge' }, { type: 'portmap' }]) });
    const [finding] = await node.find('cni-dan-chosen');
    expect(finding?.severity).toBe('warning');
    expect(finding?.seen).toBe(
      'pods of the handler "kata" get /etc/cni/kata.d/05-bridge.conflist, which calls bridge, portmap, and not dan',
    );
    expect(finding?.cure).toContain('give /etc/cni/kata.d/10-dan.conflist a name that sorts before it');
  });

  test('what multus calls is not seen from here, and nothing untrue is said', async () => {
    node.write({ '/etc/cni/kata.d/00-multus.conf': JSON.stringify({ type: 'multus', name: 'multus' }) });
    const [finding] = await node.find('cni-dan-chosen');
    expect(finding?.severity).toBe('note');
    expect(finding?.cure).toContain('Kubernetes objects');
  });
});

describe('cni-configuration', () => {
  test.each([
    ['{', /05-broken.conflist is not JSON/],
    ['[]', /is not a JSON object/],
    ['{"name": "a"}', /has no "plugins"/],
    ['{"plugins": [{"type": "bridge"}]}', /has no "name"/],
    ['{"name": "a", "plugins": [{}]}', /has a plugin without a "type"/],
  ])('%s in front of the others ends it', async (text, seen) => {
    node.write({ '/etc/cni/kata.d/05-broken.conflist': text });
    const [finding] = await node.find('cni-configuration');
    expect(finding?.severity).toBe('error');
    expect(finding?.seen).toMatch(seen);
  });

  test('a list in a file of a single plugin is refused, as by containerd', async () => {
    node.write({ '/etc/cni/kata.d/05-list.conf': conflist([hostTap]) });
    expect((await node.find('cni-configuration'))[0]?.seen).toMatch(/05-list.conf has no "type"/);
  });

  test('a faulty file that is not read does not matter', async () => {
    node.write({ '/etc/cni/kata.d/90-broken.conflist': '{', '/etc/cni/kata.d/README': 'hello' });
    expect(await node.find('cni-configuration')).toEqual([]);
  });

  test('a directory of Kata’s without a configuration is an error', async () => {
    node.write({ '/etc/containerd/config.toml': containerdConfig.replace('kata.d', 'nothing.d') });
    expect((await node.find('cni-configuration'))[0]?.seen).toMatch(/nothing.d, .* holds no network configuration$/);
  });
});

test('cni-max-conf-num: several at the same time, of which one takes over what another plugin makes, and one does not call dan', async () => {
  const several = containerdConfig.replace('kata.d"', 'kata.d"\ncni_max_conf_num = 3');
  const tcfilter = [
    { type: 'ptp', ipam: { type: 'static' } },
    { type: 'dan', device: 'tcfilter' },
  ];
  node.write({
    '/etc/containerd/config.toml': several,
    '/etc/cni/kata.d/20-ptp.conflist': conflist(tcfilter, { name: 'second' }),
    '/etc/cni/kata.d/30-bridge.conflist': conflist([{ type: 'bridge' }], { name: 'third' }),
  });
  const [finding] = await node.find('cni-max-conf-num');
  expect(finding).toMatchObject({
    severity: 'error',
    seen: expect.stringContaining('setup_serially'),
    cure: expect.stringContaining('"tcfilter"'),
  });
  node.write({ '/etc/containerd/config.toml': several.replace('bin_dir', 'setup_serially = true\nbin_dir') });
  expect(await node.find('cni-max-conf-num')).toMatchObject([{ severity: 'warning' }]);
});

test('cni-max-conf-num: several configurations at once', async () => {
  node.write({
    '/etc/containerd/config.toml': containerdConfig.replace('kata.d"', 'kata.d"\ncni_max_conf_num = 2'),
    '/etc/cni/kata.d/20-bridge.conflist': conflist([{ type: 'bridge' }], { name: 'second' }),
  });
  const [finding] = await node.find('cni-max-conf-num');
  expect(finding?.severity).toBe('warning');
  expect(finding?.seen).toContain('/etc/cni/kata.d/10-dan.conflist, /etc/cni/kata.d/20-bridge.conflist');
});

test('cni-max-conf-num: several configurations at once, all of which call dan', async () => {
  node.write({
    '/etc/containerd/config.toml': containerdConfig.replace('kata.d"', 'kata.d"\ncni_max_conf_num = 2'),
    '/etc/cni/kata.d/20-dan.conflist': conflist([hostTap], { name: 'second' }),
  });
  const [finding] = await node.find('cni-max-conf-num');
  expect(finding?.severity).toBe('note');
  expect(finding?.cure).toContain('setup_serially = true');
});
