import { describe, expect, it } from 'vitest';
import { choices, confDirAdvice, confDirFault, type Handler, sharedBy } from '../../../src/cli/install/conf-dir.ts';

const handler = (name: string, more: Partial<Handler> = {}): Handler => ({
  name,
  isKata: name.startsWith('kata'),
  confDir: '/etc/cni/net.d',
  ownConfDir: false,
  maxConfNum: 1,
  ...more,
});

describe('who takes which file', () => {
  const told = (names: readonly string[], ...handlers: readonly Handler[]) =>
    choices({ path: '/etc/cni/net.d', names }, handlers);

  it('the first by name, or as many as are asked for, or all', () => {
    const names = ['20-b.conf', '05-a.json', '30-c.conflist', 'README'];
    expect(
      told(names, handler('kata'), handler('kata-2', { maxConfNum: 2 }), handler('kata-0', { maxConfNum: 0 })),
    ).toEqual([
      '/etc/cni/net.d: containerd’s handler kata takes 05-a.json, not 10-dan.conflist: Kata’s pods do not get it',
      '/etc/cni/net.d: containerd’s handler kata-2 takes 05-a.json, 10-dan.conflist',
      '/etc/cni/net.d: containerd’s handler kata-0 takes 05-a.json, 10-dan.conflist, 20-b.conf, 30-c.conflist',
    ]);
  });

  it('a handler that is not Kata’s is told apart, one that looks elsewhere is not told', () => {
    expect(told([], handler('runc'), handler('kata', { confDir: '/etc/cni/kata.d' }))).toEqual([
      '/etc/cni/net.d: containerd’s handler runc takes 10-dan.conflist: its pods get no network that they could use',
    ]);
  });
});

it('a directory is shared where strangers look into it, or files of others are in it', () => {
  const shared = (names: readonly string[], ...handlers: readonly Handler[]) =>
    sharedBy({ path: '/etc/cni/net.d', names }, handlers);
  expect(shared(['10-dan.conflist', 'a.txt'], handler('kata'))).toEqual([]);
  expect(shared(['a.conf'], handler('runc'), handler('crun'))).toEqual([
    'containerd’s handlers runc, crun look there, too',
    'it already holds a.conf',
  ]);
});

describe('what to add to containerd’s configuration', () => {
  const advice = (more: Partial<Parameters<typeof confDirAdvice>[0]>) =>
    confDirAdvice(
      { path: '/etc/containerd/config.toml', format: 3, isBefore2: false, ...more },
      ['kata'],
      '/etc/cni/kata.d',
    );

  it.each([
    [1, '    [plugins.cri.containerd.runtimes.kata]'],
    [2, '    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]'],
    [3, '    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.kata]'],
  ])('is in the words of version %i', (format, table) => {
    expect(advice({ format }).split('\n').slice(0, 3)).toEqual([
      'in /etc/containerd/config.toml, add to the table of each handler its line:',
      table,
      '    cni_conf_dir = "/etc/cni/kata.d"',
    ]);
  });

  it('begins with a version where there is no file yet, and goes into the template where the file is generated', () => {
    expect(advice({ path: undefined, format: 0, isBefore2: true })).toContain('\n    version = 2\n');
    expect(advice({ path: undefined, format: 0, isBefore2: undefined })).toContain('\n    version = 3\n');
    const generated = '/var/lib/rancher/k3s/agent/etc/containerd/config.toml';
    expect(advice({ path: generated })).toMatch(`in the template of ${generated}, add`);
  });

  it('is nothing that a containerd before 1.6 knows', () => {
    expect(['1.5.13', '1.4.0', '0.2.0'].map((version) => confDirFault(version))).not.toContain(undefined);
    expect([undefined, '1.6.0', '1.7.24', '2.1.0-rc.1'].map((version) => confDirFault(version))).toEqual(
      Array(4).fill(undefined),
    );
  });
});
