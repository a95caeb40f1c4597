import { expect, test } from 'vitest';
import { startedWith } from '../../src/node/containerd.ts';

const own = '/etc/containerd/config.toml';

test.each([
  ['/usr/bin/containerd', own],
  ['containerd --log-level debug', own],
  ['containerd --config /srv/containerd.toml', '/srv/containerd.toml'],
  ['containerd --log-level debug --config=/srv/containerd.toml', '/srv/containerd.toml'],
  ['/opt/bin/containerd -c /srv/containerd.toml -a /run/containerd.sock', '/srv/containerd.toml'],
  ['containerd config dump', undefined],
  ['/usr/bin/containerd-shim-runc-v2 -namespace k8s.io', undefined],
  ['', undefined],
])('a process "%s" is not seen to have the configuration %s', (line, path) => {
  expect(startedWith(line.split(' '))).toBe(path);
});
