import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { changesOf } from '../../build/release/changelog.ts';

const text = `# Changelog

## [Unreleased]

### Added

- a thing

## [0.2.0] - 2026-12-01

### Fixed

- another thing

## [0.1.0] - 2026-11-01

- the first
`;

describe('the notes of a release', () => {
  it.each([
    ['0.2.0', '### Fixed\n\n- another thing\n'],
    ['0.1.0', '- the first\n'],
  ])('of %s are its section of the changelog', (version, notes) => {
    expect(changesOf(text, version)).toBe(notes);
  });

  it.each(['0.3.0', '0.1', '0.2.0-rc.1'])('of %s, which has no section, are none', (version) => {
    expect(changesOf(text, version)).toBeUndefined();
  });
});

it('CHANGELOG.md has a section for what is not released yet', () => {
  const path = fileURLToPath(new URL('../../CHANGELOG.md', import.meta.url));
  expect(changesOf(readFileSync(path, 'utf8'), 'Unreleased')).toMatch(/^### /);
});
