import { describe, expect, it } from 'vitest';
import { join, type Sightings } from '../../../src/node/attachments/join.ts';
import type { AttachmentRecord } from '../../../src/attach/record.ts';
import type { HostTap } from '../../../src/kinds/host-tap.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
import { deriveNames } from '../../../src/model/identity.ts';
import { defaultOvsDatabase } from '../../../src/model/ovs.ts';
import { identity, recordOf, tapOf } from './attachment.ts';

const nothing: Sightings = { records: [], entries: [], links: [], ports: [] };
const { link: name } = deriveNames(identity);
const entry = { identity, file: '/dans/sandbox-1.json', entry: { name: 'eth0' }, index: 0 };
const link = { identity, name, netns: undefined, link: tapOf() };
const port = { owner: identity, database: defaultOvsDatabase, name };

function tcfilterOn(master: string, { device }: AttachmentRecord): AttachmentRecord['device'] {
  const { bridge: _bridge, veth: _veth, ...tap } = device as HostTap;
  const redirection = { masterIndex: 3, masterQueueLength: 0, cookie: '0'.repeat(32) };
  return { ...tap, ...redirection, kind: 'tcfilter', master: master as InterfaceName };
}

describe('what shows an attachment', () => {
  it('is joined, whatever the place', () => {
    const [item, ...others] = join({ records: [recordOf()], entries: [entry], links: [link], ports: [port] });
    expect(others).toEqual([]);
    expect(item).toEqual({
      identity,
      link: name,
      record: recordOf(),
      entry,
      links: [{ netns: undefined, link: tapOf() }],
      port,
      hidden: [],
    });
  });

  it.each([
    ['a record', { records: [recordOf()] }],
    ['an entry', { entries: [entry] }],
    ['a link', { links: [link] }],
    ['a port', { ports: [port] }],
  ])('may be %s alone', (_what, seen) => {
    expect(join({ ...nothing, ...seen })).toMatchObject([{ identity, link: name }]);
  });

  it('is a link without an alias only where something else tells whose', () => {
    const unmarked = { ...link, identity: undefined };
    expect(join({ ...nothing, links: [unmarked] })).toEqual([]);
    expect(join({ ...nothing, records: [recordOf()], links: [unmarked] })).toMatchObject([
      { links: [{ link: tapOf() }] },
    ]);
  });

  it('is no link without a mark where the record is of a device that has none', () => {
    const socket = { kind: 'vhost-user', name, path: '/run/a.sock', server: 'vm', mtu: 1500, queuePairs: 1 } as const;
    const record = { ...recordOf(), device: socket as unknown as AttachmentRecord['device'] };
    const links = (changes: object) => [{ ...link, identity: undefined, link: tapOf(identity, changes) }];
    const seen = (changes: object) => join({ ...nothing, records: [record], links: links(changes) })[0]?.links.length;
    expect(seen({ alias: undefined, altnames: [] })).toBe(0);
    expect(seen({ alias: 'of a stranger', altnames: ['stranger'] })).toBe(0);
    expect(seen({ alias: undefined })).toBe(1);
  });

  it('names the network where any of it does', () => {
    const long = { ...identity, network: 'n'.repeat(240) };
    const hashed = { ...identity, network: '0'.repeat(32) };
    const seen = { identity: hashed, name: deriveNames(long).link, netns: undefined, link: tapOf(long) };
    expect(join({ ...nothing, links: [seen] })).toMatchObject([{ identity: hashed }]);
    expect(join({ ...nothing, links: [seen], records: [recordOf(long)] })).toMatchObject([{ identity: long }]);
  });

  it('has links of the pod that no attachment of the sandbox stands for', () => {
    const net1 = recordOf({ ...identity, network: 'second', ifname: 'net1' });
    const takesEth1 = { ...net1, device: { ...tcfilterOn('eth1', net1) } };
    const linkOf = (ifname: string, ...cidrs: string[]) =>
      tapOf(identity, { name: ifname, addresses: cidrs.map((cidr) => ({ cidr, scope: 'global' })) });
    const links = [
      linkOf('lo', '127.0.0.1/8'),
      linkOf('eth1', '10.1.0.2/24'),
      linkOf('eth2', '10.2.0.2/24', 'fd00::2/64'),
      linkOf('tunl0'),
    ];
    const pods = [{ netns: '/run/netns/pod', links }];
    const hidden = [{ name: 'eth2', addresses: links[2]?.addresses }];
    const items = join({ ...nothing, records: [recordOf(), takesEth1], pods });
    expect(items.map((item) => item.hidden)).toEqual([hidden, hidden]);
    const elsewhere = [{ netns: '/run/netns/other', links }];
    expect(join({ ...nothing, records: [recordOf()], pods: elsewhere })).toMatchObject([{ hidden: [] }]);
    const { entry: _entry, ...unfinished } = recordOf();
    expect(join({ ...nothing, records: [unfinished], pods })).toMatchObject([{ hidden: [] }]);
  });

  it('comes in the order of sandboxes and their interfaces', () => {
    const of = (sandbox: string, ifname: string) => recordOf({ network: 'kata-net', sandbox, ifname });
    const items = join({ ...nothing, records: [of('b', 'eth0'), of('a', 'net1'), of('a', 'eth0')] });
    expect(items.map(({ identity: { sandbox, ifname } }) => `${sandbox}/${ifname}`)).toEqual([
      'a/eth0',
      'a/net1',
      'b/eth0',
    ]);
  });

  it('is listed once for each link name, even if two links claim one identity', () => {
    const other = 'dan0123456789a' as InterfaceName;
    const items = join({ ...nothing, links: [link, { ...link, name: other }] });
    expect(items.map((item) => item.link).sort()).toEqual([name, other].sort());
  });
});
