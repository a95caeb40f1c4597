import { describe, expect, it } from 'vitest';

import { about, version } from '../../src/cli/about.ts';
import { isAtLeast, parseVersion, supportedVersions } from '../../src/protocol/version.ts';

describe('CNI versions', () => {
  it('are in order', () => {
    const order = supportedVersions.map((left) => supportedVersions.filter((right) => isAtLeast(left, right)).length);
    expect(order).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(supportedVersions)('%s is spoken', (supported) => {
    expect(parseVersion(supported)).toBe(supported);
  });

  it('are what the about text says', () => {
    expect(about()).toBe(
      `CNI plugin dan v${version}\nCNI protocol versions supported: 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0\n` +
        '"dan --help" lists the commands for operators.\n',
    );
  });
});
