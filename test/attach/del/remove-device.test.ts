import { describe, expect, it } from 'vitest';

import { remainsOf, remainsWithoutRecord } from '../../../src/attach/del/remove-device.ts';
import { linksOf } from '../../../src/kinds/kinds.ts';
import type { OvsDatabase } from '../../../src/model/ovs.ts';
import { names } from '../../kinds/node.ts';
import { planFor } from '../../kinds/redirections.ts';
import { br0, derived, explicit, planSocket } from '../../kinds/sockets.ts';
import { onDpdk, onOvs } from '../../kinds/switches.ts';
import { planOf, tapOf } from '../../kinds/taps.ts';

const database = 'unix:/run/ovs/db.sock' as OvsDatabase;
const [onHost, inPod] = [planFor('host').device, planFor('pod').device];

describe('what DEL looks for', () => {
  it('by a record: its links and redirects', () => {
    expect(remainsOf({ sandbox: 'sandbox-1', device: onHost })).toEqual({
      made: { device: onHost, sandbox: 'sandbox-1', taken: undefined },
      links: linksOf(onHost),
      redirects: [{ in: 'pod', link: 'eth0', index: 2, cookie: names.cookie, queueLength: 1000 }],
      files: [],
    });
    expect(remainsOf({ sandbox: 'sandbox-1', device: tapOf() })).toMatchObject({
      links: linksOf(tapOf()),
      redirects: [],
    });
  });

  it.each([
    ['a tap', planOf({ ovs: { db: database } }, onOvs({}, { database })).device, 1],
    ['a socket', planSocket({ bridge: br0 }, onDpdk({}, { database })).device, 0],
  ])('by a record of %s with a port: the port with its proof, in its database', (_what, device, links) => {
    const remains = remainsOf({ sandbox: 'sandbox-1', device });
    expect(remains.ports).toEqual({ database, proof: names.altname });
    expect(remains.links).toHaveLength(links);
    expect(remains).toMatchObject({ redirects: [], made: { device } });
  });

  it.each([
    ['a tap', tapOf()],
    ['a socket of somebody else', planSocket().device],
    ['a redirection', onHost],
  ])('by a record of %s without a port: no port', (_what, device) => {
    expect(remainsOf({ sandbox: 'sandbox-1', device }).ports).toBeUndefined();
  });

  it.each([
    ['a socket of the virtual machine', planSocket().device, [{ kind: 'socket', path: derived }]],
    [
      'an explicit socket of the virtual machine',
      planSocket({ socketPath: explicit }).device,
      [{ kind: 'socket', path: explicit }],
    ],
    // It was there before, and others may be connected to it.
    ['the socket of a switch', planSocket({ socketPath: explicit, place: 'pod' }, { socket: 'live' }).device, []],
    ['a tap', tapOf(), []],
    ['a redirection', onHost, []],
  ])('by a record of %s: its files', (_what, device, files) => {
    expect(remainsOf({ sandbox: 'sandbox-1', device }).files).toEqual(files);
  });

  it('without a record: every file of a derived name', () => {
    const node = { kind: 'device-node', path: `/run/dan/macvtap/${names.link}` };
    expect(remainsWithoutRecord(names).files).toEqual([{ kind: 'socket', path: derived }, node]);
    expect(remainsWithoutRecord(names, undefined, { socketDir: '/run/vm/' }).files).toEqual([
      { kind: 'socket', path: `/run/vm/${names.link}.sock` },
      node,
    ]);
  });

  it('without a record: ports with the proof, in the database that may have one', () => {
    expect(remainsWithoutRecord(names, database)).toEqual({
      ...remainsWithoutRecord(names),
      ports: { database, proof: names.altname },
    });
    expect(remainsWithoutRecord(names).ports).toBeUndefined();
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
