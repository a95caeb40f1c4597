import { describe, expect, it } from 'vitest';

import { remainsOf, remainsWithoutRecord } from '../../../src/attach/del/remove-device.ts';
import { type Device, linksOf } from '../../../src/kinds/kinds.ts';
import type { OvsDatabase } from '../../../src/model/ovs.ts';
import { names } from '../../kinds/node.ts';
import { planFor } from '../../kinds/redirections.ts';
import { br0, derived, explicit, planSocket } from '../../kinds/sockets.ts';
import { onDpdk, onOvs } from '../../kinds/switches.ts';
import { planOf, tapOf } from '../../kinds/taps.ts';

const database = 'unix:/run/ovs/db.sock' as OvsDatabase;
const [onHost, inPod] = [planFor('host').device, planFor('pod').device];

type Recorded = Parameters<typeof remainsOf>[0];

function recordOf(device: Device): Recorded {
  return { device, sandbox: 'sandbox-1', guestMac: '02:00:00:00:00:01' };
}

/** A record whose entry has a socket at a path. */
function recordWith(device: Device, path: string): Recorded {
  const entry = { device: { type: 'vhost-user', path } } as unknown as NonNullable<Recorded['entry']>;
  return { ...recordOf(device), entry };
}

describe('what DEL looks for', () => {
  it('by a record: its links and redirects', () => {
    expect(remainsOf(recordOf(onHost))).toEqual({
      made: { device: onHost, sandbox: 'sandbox-1', taken: undefined, guestMac: '02:00:00:00:00:01', isWhole: false },
      links: linksOf(onHost),
      redirects: [{ in: 'pod', link: 'eth0', index: 2, cookie: names.cookie, queueLength: 1000 }],
      files: [],
      port: undefined,
    });
    expect(remainsOf(recordOf(tapOf()))).toMatchObject({ links: linksOf(tapOf()), redirects: [] });
  });

  it.each([
    ['a tap', planOf({ ovs: { db: database } }, onOvs({}, { database })).device, 1],
    ['a socket', planSocket({ bridge: br0 }, onDpdk({}, { database })).device, 0],
  ])('by a record of %s with a port: the port with its proof, in its database', (_what, device, links) => {
    const remains = remainsOf(recordOf(device));
    expect(remains.port).toEqual({ database, names: [names.link], proof: names.altname });
    expect(remains.links).toHaveLength(links);
    expect(remains).toMatchObject({ redirects: [], made: { device } });
  });

  it.each([
    ['a tap', tapOf()],
    ['a socket of somebody else', planSocket().device],
    ['a redirection', onHost],
  ])('by a record of %s without a port: no port', (_what, device) => {
    expect(remainsOf(recordOf(device)).port).toBeUndefined();
  });

  it.each([
    ['a socket of the virtual machine', planSocket().device, [{ kind: 'socket', path: derived }]],
    ['an explicit socket of an ADD that did not end', planSocket({ socketPath: explicit }).device, []],
    // It existed before, and others may be connected to it.
    ['the socket of a switch', planSocket({ socketPath: explicit, place: 'pod' }, { socket: 'live' }).device, []],
    ['a tap', tapOf(), []],
    ['a redirection', onHost, []],
  ])('by a record of %s: its files', (_what, device, files) => {
    expect(remainsOf(recordOf(device)).files).toEqual(files);
  });

  it('by a record of an explicit socket of the virtual machine: that socket, if the entry has the same one', () => {
    const { device } = planSocket({ socketPath: explicit });
    expect(remainsOf(recordWith(device, explicit)).files).toEqual([{ kind: 'socket', path: explicit }]);
    expect(remainsOf(recordWith(device, derived)).files).toEqual([]);
  });

  it('without a record: every file of a derived name', () => {
    const node = { kind: 'device-node', path: `/run/dan/macvtap/${names.link}` };
    expect(remainsWithoutRecord(names).files).toEqual([{ kind: 'socket', path: derived }, node]);
    expect(remainsWithoutRecord(names, undefined, { socketDir: '/run/vm/' }).files).toEqual([
      { kind: 'socket', path: `/run/vm/${names.link}.sock` },
      node,
    ]);
  });

  it('without a record: the port with the name and the proof, in the database that may have it', () => {
    expect(remainsWithoutRecord(names, database)).toEqual({
      ...remainsWithoutRecord(names),
      port: { database, names: [names.link, `${names.link}p`], proof: names.altname },
    });
    expect(remainsWithoutRecord(names).port).toBeUndefined();
  });

  it('without a record: nothing to give back, and only links with the marks', () => {
    const remains = remainsWithoutRecord(names);
    expect(remains.redirects).toEqual([]);
    expect(remains).not.toHaveProperty('made');
    expect(remains.links.every(({ alias }) => alias === names.alias)).toBe(true);
  });

  it.each([
    ['a tap on the host', tapOf()],
    ['a redirection in the pod', inPod],
  ])('without a record: every link of %s', (_what, device) => {
    expect(remainsWithoutRecord(names).links).toEqual(expect.arrayContaining([...linksOf(device)]));
  });

  it('without a record: the veth pair of a redirection by the host', () => {
    const ends = linksOf(onHost).filter((link) => link.in === 'host');
    expect(remainsWithoutRecord(names).links).toEqual(expect.arrayContaining(ends));
  });
});
