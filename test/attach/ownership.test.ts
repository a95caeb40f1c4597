import { describe, expect, it } from 'vitest';

import { ownedBy } from '../../src/attach/ownership.ts';
import { ownLink } from '../../src/kinds/tap.ts';
import type { Link } from '../../src/model/link.ts';
import { linkNamed, names } from '../kinds/node.ts';

const own = ownLink(names, 'host');
const { name, alias, altname } = own;
const nothing = { alias: undefined, altnames: [], kind: 'tun', up: false, master: undefined };
const linkOf = (called: string, changes: Partial<Link>): Link => linkNamed(called, { ...nothing, ...changes });

describe('the link that dan made', () => {
  it.each([
    ['name, altname and alias', linkOf(name, { alias, altnames: [altname], up: true })],
    ['name and altname', linkOf(name, { altnames: [altname], up: true })],
    ['name and alias', linkOf(name, { alias, up: true })],
    ['altname and alias', linkOf('renamed', { alias, altnames: [altname], up: true })],
  ])('is known by %s', (_what, link) => {
    expect(ownedBy(own, [link], false)).toBe(link);
  });

  it.each([
    ['the name alone', linkOf(name, {})],
    ['the name with another alias', linkOf(name, { alias: 'of somebody' })],
    ['the altname alone', linkOf('renamed', { altnames: [altname] })],
    ['the alias alone', linkOf('renamed', { alias })],
    ['all, but is a bridge', linkOf(name, { alias, altnames: [altname], kind: 'bridge' })],
    ['all, but has no kind', linkOf(name, { alias, altnames: [altname], kind: undefined })],
  ])('is none that has %s', (_what, link) => {
    expect(ownedBy(own, [link], false)).toBeUndefined();
  });

  it('may be without a mark where an ADD did not end: then it is down and without master', () => {
    const bare = linkOf(name, {});
    expect(ownedBy(own, [bare], true)).toBe(bare);
    for (const changes of [{ up: true }, { master: 'br0' }, { alias: 'of somebody' }, { kind: 'bridge' }]) {
      expect(ownedBy(own, [linkOf(name, changes)], true)).toBeUndefined();
    }
  });

  it('is the one with the name, where another has the altname', () => {
    const bare = linkOf(name, {});
    const theirs = linkOf('theirs', { alias, altnames: [altname] });
    expect(ownedBy(own, [theirs, bare], true)).toBe(bare);
  });
});
