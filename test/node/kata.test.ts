import { expect, test } from 'vitest';
import { readShimVersion } from '../../src/node/kata.ts';

test.each([
  [
    'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 3.29.0, commit: 8dccf4cf\n',
    { runtime: 'go', version: '3.29.0' },
  ],
  [
    'Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: 1a2b3c\n',
    { runtime: 'rust', version: '4.0.0' },
  ],
  ['containerd-shim-runc-v2:\n  Version:  1.6.20\n', undefined],
  [undefined, undefined],
])('%j', (said, told) => {
  expect(readShimVersion(said)).toEqual(told);
});
