import { describe, expect, it } from 'vitest';

import { databaseOf, lookAtOvs } from '../../src/attach/find-ovs.ts';
import { readNetwork } from '../../src/config/network.ts';
import { wantsOf } from '../../src/kinds/kinds.ts';
import { defaultOvsDatabase } from '../../src/model/ovs.ts';
import { words } from '../config/reading.ts';
import { bridgeLink, names } from '../kinds/node.ts';

const site = { timeoutSeconds: 1 };
const db = 'unix:/run/ovs/db.sock';

function requestOf(changes: object): object {
  const document = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', ...changes };
  return wantsOf(readNetwork(document, words).device);
}

describe('the bridge that ADD looks for', () => {
  it.each([
    [{ bridge: 'br0' }, 'br0', undefined],
    [{ bridge: 'br0', ovs: { db } }, 'br0', db],
    [{ bridge: null }, null, undefined],
    // A port with a socket can be only on this kind of bridge.
    [{ device: 'vhost-user', bridge: 'br0' }, 'br0', defaultOvsDatabase],
    [{ device: 'vhost-user', bridge: 'br0', ovs: { db } }, 'br0', db],
    [{ device: 'tcfilter', master: 'eth0' }, null, undefined],
    [{ device: 'macvtap', master: 'eth0' }, null, undefined],
  ])('%j: bridge %s, Open vSwitch database %s', (changes, bridge, database) => {
    const { bridge: itsBridge, database: its } = requestOf(changes) as { bridge: unknown; database: unknown };
    expect([itsBridge, its]).toEqual([bridge, database]);
  });

  it('no bridge in the configuration: no Open vSwitch is asked', async () => {
    const nobody = 'unix:/nonexistent/db.sock' as typeof defaultOvsDatabase;
    await expect(
      lookAtOvs({ bridge: null, database: nobody }, bridgeLink(), names.link, site),
    ).resolves.toBeUndefined();
  });
});

describe('the database where DEL looks for ports when the record is lost', () => {
  it.each([
    ['the one that is named', { bridge: 'br0', ovs: { db } }, db],
    ['the one that is named, whatever else is wrong', { bridge: 'br0', ovs: { db, x: 1 }, mtu: 'y', device: 7 }, db],
    ['none without a bridge', {}, undefined],
    ['none without a bridge', { bridge: null, device: 'vhost-user' }, undefined],
    ['none without a bridge', { bridge: '', ovs: { db } }, undefined],
    ['none without a bridge', { bridge: 7, ovs: { db } }, undefined],
    ['none for a device that has no port', { bridge: 'br0', device: 'tcfilter' }, undefined],
    ['none for a device that has no port', { bridge: 'br0', device: 'macvtap', ovs: { db: '--db=x' } }, undefined],
    ['none for a bridge that cannot be', { bridge: '--help', ovs: 'x' }, undefined],
  ])('is %s: %j', async (_which, document, database) => {
    await expect(databaseOf(document, site)).resolves.toBe(database);
  });
});
