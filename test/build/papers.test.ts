import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBillOfBundle, writeBillOfExecutable } from '../../build/papers.ts';
import lock from '../../package-lock.json' with { type: 'json' };

// Any of them may get into a bundle in the future.
const packages = Object.keys(lock.packages).filter((path) => path !== '');
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

describe("what the build writes, by CycloneDX's own schema of its version 1.6,", () => {
  let dist: string;
  beforeAll(async () => {
    // The validator reads the schema at its first use, which takes a second.
    await validator.validate('{}');
    dist = mkdtempSync(join(tmpdir(), 'dan-papers-'));
    for (const program of ['dan', 'dan-aarch64', 'dan.mjs']) writeFileSync(join(dist, program), program);
    writeBillOfExecutable(join(dist, 'dan'), packages);
    writeBillOfExecutable(join(dist, 'dan-aarch64'), []);
    writeBillOfBundle(join(dist, 'dan.mjs'), packages);
  });
  afterAll(() => {
    rmSync(dist, { recursive: true });
  });

  const billOf = (program: string): string => readFileSync(join(dist, `${program}.cdx.json`), 'utf8');

  it.each(['dan', 'dan-aarch64', 'dan.mjs'])('is a sound bill of materials: %s', async (program) => {
    expect(await validator.validate(billOf(program))).toBeNull();
  });

  it.each([
    ['another name of a hash', '"SHA-512"', '"SHA512"'],
    ['a hash that is cut short', /[0-9a-f]{8}"/, '"'],
    ['a kind of component that there is not', '"type": "library"', '"type": "lib"'],
    ['a key that there is not', '"purl"', '"url"'],
  ])('is not one with %s', async (_what, from, to) => {
    expect(await validator.validate(billOf('dan').replace(from, to))).not.toBeNull();
  });
});
