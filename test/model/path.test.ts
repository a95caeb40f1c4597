import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { basename, dirname, isAbsolute, join, normalize, resolve } from '../../src/model/path.ts';

const part = fc.constantFrom('', '/', '/', '/', '.', '..', 'a', 'b', 'name', '.hidden', '...', 'ä', ' ', 'x.conf');
const path = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
const absolute = path.map((text) => `/${text}`);

describe('paths agree with node:path/posix', () => {
  test('join', () => {
    fc.assert(fc.property(fc.array(path, { maxLength: 4 }), (all) => join(...all) === posix.join(...all)));
  });

  test('normalize', () => {
    fc.assert(fc.property(path, (one) => normalize(one) === posix.normalize(one)));
  });

  test('resolve, from an absolute path', () => {
    fc.assert(
      fc.property(absolute, fc.array(path, { maxLength: 3 }), (base, all) => {
        expect(resolve(base, ...all)).toBe(posix.resolve(base, ...all));
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

test('resolve refuses a relative base', () => {
  expect(() => resolve('a', 'b')).toThrow('the path a is not absolute');
});
