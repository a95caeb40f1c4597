import { describe, expect, it } from 'vitest';
import { ownLinks } from '../../../src/attach/sightings/links.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import { identity, tapOf } from '../../node/attachments/attachment.ts';

describe('ownLinks', () => {
  const { link: name, altname } = deriveNames(identity);

  it('finds a link by its name, altname and alias', () => {
    const tap = tapOf();
    expect(ownLinks([tap], undefined)).toEqual([{ identity, name, netns: undefined, link: tap }]);
  });

  it.each([
    ['h', 'the end of a pair on the host'],
    ['p', 'the end of a pair in the pod'],
  ])('finds a link with the suffix %s, %s, and gives it the derived name without the suffix', (suffix) => {
    const veth = tapOf(identity, { name: `${name}${suffix}`, altnames: [`${altname}-${suffix}`], kind: 'veth' });
    expect(ownLinks([veth], '/run/netns/pod')).toEqual([{ identity, name, netns: '/run/netns/pod', link: veth }]);
  });

  it('finds a link whose alias has a hash of a long network name, and takes the derived name from its altname', () => {
    const long = { ...identity, network: 'n'.repeat(240) };
    const [seen] = ownLinks([tapOf(long)], undefined);
    expect(seen?.name).toBe(deriveNames(long).link);
    expect(seen?.identity).toMatchObject({
      sandbox: 'sandbox-1',
      network: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });

  it('finds a link of a network whose name looks like a hash', () => {
    const like = { ...identity, network: '0123456789abcdef0123456789abcdef' };
    expect(ownLinks([tapOf(like)], undefined)).toMatchObject([{ identity: like, name: deriveNames(like).link }]);
  });

  it.each([
    ['its name alone', { alias: undefined, altnames: [] }],
    ['its altname alone', { alias: undefined, name: 'renamed' }],
    ['its name and altname, with the alias of another attachment', { alias: 'dan:kata-net:sandbox-9:eth0' }],
    ['its name, with an alias that CNI does not allow', { alias: 'dan:kata-net:$(reboot):eth0', altnames: [] }],
  ])('finds a link by %s, without an identity', (_what, changes) => {
    expect(ownLinks([tapOf(identity, changes)], undefined)).toMatchObject([{ identity: undefined, name }]);
  });

  it.each([
    ['dan0', {}],
    ['danube', {}],
    ['eth0', { alias: 'somebody else’s' }],
    ['tap0', { alias: 'dan:kata-net:a;b:eth0' }],
    ['tap0', { alias: 'dan:kata-net:a:eth0:more' }],
    ['tap0', { alias: deriveNames(identity).alias }],
  ])('ignores the link %s with %j', (other, changes) => {
    expect(ownLinks([tapOf(identity, { name: other, alias: undefined, altnames: [], ...changes })], undefined)).toEqual(
      [],
    );
  });
});
