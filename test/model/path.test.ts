import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basename, dirname, isAbsolute, join, resolve } from '../../src/model/path.ts';

const part = fc.constantFrom('', '/', '/', '/', '.', '..', 'a', 'b', 'name', '.hidden', '...', 'ä', ' ', 'x.conf');
const path = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
const absolute = path.map((text) => `/${text}`);

describe('paths agree with node:path/posix', () => {
  test('join', () => {
    fc.assert(fc.property(fc.array(path, { maxLength: 4 }), (all) => join(...all) === posix.join(...all)));
  });

  test('join of one path, which normalizes it', () => {
    fc.assert(fc.property(path, (one) => join(one) === posix.normalize(one)));
  });

  test('resolve, from an absolute path', () => {
    fc.assert(
      fc.property(absolute, path, (directory, one) => {
        expect(resolve(directory, one)).toBe(posix.resolve(directory, one));
      }),
    );
  });

  test('dirname', () => {
    fc.assert(fc.property(path, (one) => dirname(one) === posix.dirname(one)));
  });

  test('basename', () => {
    fc.assert(fc.property(path, (one) => basename(one) === posix.basename(one)));
  });

  test('isAbsolute', () => {
    fc.assert(fc.property(path, (one) => isAbsolute(one) === posix.isAbsolute(one)));
  });
});
