import { describe, expect, it, test } from 'vitest';
import { findKnown, nearName, plainText } from '../../../src/cli/explain/find.ts';
import { errorRows, messageRows } from '../../../src/cli/explain/texts.ts';

function namesIn(text: string): readonly string[] {
  return findKnown(plainText(text)).map(({ name }) => name);
}

/** Texts of programs, with the messages to recognize in them, best first. */
const heard: readonly (readonly [text: string, names: readonly string[]])[] = [
  [
    'Warning FailedCreatePodSandBox 2m24s (x48 over 12m) kubelet Failed to create pod sandbox: rpc error: code = Unknown ' +
      'desc = CreateContainer failed: Could not setup vhost fds eth0 : open /dev/vhost-net: no such file or directory: unknown',
    ['vhost-net-missing', 'pod-sandbox'],
  ],
  [
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox ' +
      '"413532d612ba284bcfb2acedc7c7f34b6ac00267c03d1343e72fd886fc36838c": plugin type="dan" name="kata-net" failed (add): ' +
      'bridge br0 is neither a link of the host nor a bridge of Open vSwitch: make it [bridge-missing]',
    ['bridge-missing', 'dan-failed', 'network-of-sandbox', 'pod-sandbox'],
  ],
  [
    'rpc error: code = Unknown desc = failed to setup network for sandbox \\"94b455\\": failed to find network info for ' +
      'sandbox \\"94b455\\"',
    ['no-address-in-result', 'network-of-sandbox'],
  ],
  [
    'StopPodSandbox from runtime service failed" err="rpc error: code = Unknown desc = failed to destroy network for ' +
      'sandbox \\"65ff\\": plugin type=\\"dan\\" failed (delete): incompatible CNI versions; config is \\"1.1.0\\", plugin ' +
      'supports [\\"0.4.0\\" \\"1.0.0\\"]',
    ['cni-version-of-plugin', 'del-fails'],
  ],
  [
    'failed to setup network for sandbox "65ff": unsupported CNI result version "1.1.0"',
    ['cni-version-of-client', 'network-of-sandbox'],
  ],
  ['failed to get network "kata-net" cached result: unsupported CNI result version "1.1.0"', ['cni-version-of-client']],
  ['fork/exec /opt/cni/bin/dan: text file busy', ['text-file-busy']],
  ['failed to find plugin "dan" in path [/opt/cni/bin]', ['plugin-not-found']],
  ['plugin type="loopback" failed (add): missing network name', ['network-without-name']],
  [
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns ' +
      'error: cni plugin not initialized',
    ['cni-not-initialized'],
  ],
  [
    'Open tap device failed: Error while creating ifreq structure: Invalid argument (os error 22). Invalid TUN/TAP Backend ' +
      'provided by dan3f9c1e7a02b.',
    ['tap-mode'],
  ],
  [
    'VM: VmBoot(DeviceManager(CreateVirtioNet(OpenTap(TapOpen(CreateTap(Os { code: 22, kind: InvalidInput, message: ' +
      '"Invalid argument" }))))))',
    ['tap-mode'],
  ],
  [
    '-netdev tap,ifname=dan3f9c1e7a02b: could not configure /dev/net/tun (dan3f9c1e7a02b): Device or resource busy',
    ['tap-busy'],
  ],
  [
    'Invalid DAN config: unknown variant `vfio`, expected `vhost-user` or `host-tap` at line 1 column 103',
    ['unknown-device-type', 'invalid-dan-file'],
  ],
  [
    'Invalid DAN config: unknown variant `tcfilter`, expected `vhost-user` or `host-tap`',
    ['unknown-device-type', 'invalid-dan-file'],
  ],
  [
    'create a vhost user endpoint, path: /run/dan/vhost-user/dan3f9c1e7a02b.sock: Caused by: Address already in use (os error 98)',
    ['vhost-user-socket'],
  ],
  ["config disable_new_netns only works with 'none' internetworking_model: unknown", ['netns-and-model']],
  ['update interface: Link not found (Address: 02:07:e2:8b:6e:83)', ['guest-interface-missing']],
  ['Failed to update routes: Received a netlink error message Invalid argument (os error 22)', ['guest-refuses-route']],
  ['update interface: Received a netlink error message Invalid argument (os error 22)', ['guest-refuses-address']],
  ['update interface: Received a netlink error message No such device (os error 19)', ['guest-interface-missing']],
  [
    'add virt ingress\n\nCaused by:\n    Received a netlink error message File exists (os error 17)',
    ['redirected-twice'],
  ],
  ['Failed to add ARP neighbours: Unable to determine ip address of ARP neighbor', ['guest-refuses-neighbor']],
  [
    'failed to setup network for sandbox "a": plugin type="dan" failed (add): no IP addresses available in range set: ' +
      '10.1.2.1-10.1.2.254 [ipam-plugin-error]',
    ['ipam-plugin-error', 'dan-failed', 'network-of-sandbox'],
  ],
  [
    'FailedCreatePodSandBox: rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    ['sandbox-timeout', 'pod-sandbox'],
  ],
  ['{"cniVersion":"1.0.0","code":105,"msg":"a link has the na', ['tap-not-ours']],
  ['{"cniVersion":"1.0.0","code":7,"msg":"the MAC is taken [mac-in-use]"}', ['mac-in-use']],
];

describe('what is known', () => {
  it.each(heard)('about %s', (text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  it('is told of every error by its code and by its name', () => {
    for (const { name, code } of errorRows) {
      expect(namesIn(name)[0]).toBe(name);
      expect(namesIn(String(code))).toContain(name);
    }
  });

  it('is all of a code that several errors have', () => {
    expect(namesIn('11')).toEqual([
      'try-again-later',
      'agent-busy',
      'agent-late',
      'monitor-late',
      'ovs-unreachable',
      'interrupted',
    ]);
    expect(namesIn('7')).toContain('invalid-configuration');
    expect(namesIn('7')).toContain('second-default-route');
  });

  it.each(['', '2', '12345', 'it does not work', 'bridge', 'the kernel was interrupted', 'Pulled image "nginx"'])(
    'is nothing about %j',
    (text) => {
      expect(namesIn(text)).toEqual([]);
    },
  );

  it.each(messageRows.flatMap(({ name, says }) => says.map((text) => [name, text] as const)))(
    'is, first of all, %s about its own text: %s',
    (id, text) => {
      expect(namesIn(text)[0]).toBe(id);
    },
  );

  it('is found in the middle of what has no end', () => {
    const long = 'x=1 os error 22 vhost user update routes tap device failed '.repeat(5_000);
    expect(namesIn(`${long} [bridge-missing]`)[0]).toBe('bridge-missing');
  });
});

test('the frames come last, whatever they stand around', () => {
  expect(messageRows.slice(-3).map(({ name }) => name)).toEqual(['dan-failed', 'network-of-sandbox', 'pod-sandbox']);
});

test('every message has a name of its own, which is that of no error', () => {
  const names = [...messageRows, ...errorRows].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test.each([
  ['bridge-mising', 'bridge-missing'],
  ['tap-mod', 'tap-mode'],
  ['nothing-like-it', undefined],
])('%s may have been meant for %s', (word, name) => {
  expect(nearName(word)).toBe(name);
});

describe('a text that was pasted', () => {
  it.each([
    ['one\ntwo\r\n  three', 'one two three'],
    ['\u001b[31mred\u001b[0m\u0007', 'red'],
    ['plugin type=\\"dan\\" \\\\\\"x\\\\\\"', 'plugin type="dan" "x"'],
    ['first\\nsecond', 'first second'],
    ['a\u200bb\u2028c', 'a b c'],
  ])('%j is the line %j', (pasted, line) => {
    expect(plainText(pasted)).toBe(line);
  });
});
