import { describe, expect, it } from 'vitest';

import { refuseAttached } from '../../../src/attach/add/sandbox-file.ts';
import type { ExistingDocument } from '../../../src/dan/merge.ts';

const identity = { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' };
const path = '/dans/sandbox-1.json';

function file(netns: string | null, ...owners: readonly { network: string; ifname: string }[]): ExistingDocument {
  return { netns, devices: owners.map((cni) => ({ name: cni.ifname, guest_mac: '02:00:00:00:00:01', cni })) };
}

describe("the sandbox's file", () => {
  it.each([
    ['none', undefined, null],
    ['one without devices', file(null), null],
    ['one of another network', file(null, { network: 'other', ifname: 'eth0' }), null],
    ['one of another interface', file(null, { network: 'kata-net', ifname: 'net1' }), null],
    ['one of the same namespace', file('/run/netns/pod', { network: 'other', ifname: 'net1' }), '/run/netns/pod'],
  ])('accepts another attachment: %s', (_what, document, netns) => {
    expect(() => {
      refuseAttached(path, document, identity, netns);
    }).not.toThrow();
  });

  it('refuses a second entry of one attachment', () => {
    expect(() => {
      refuseAttached(path, file('/other', identity), identity, null);
    }).toThrow(
      expect.objectContaining({
        name: 'attachment-exists',
        code: 100,
        message: expect.stringContaining(`as "eth0" already (${path}): nothing was changed; DEL it first`),
      }),
    );
  });

  it.each([
    [null, '/run/netns/pod'],
    ['/run/netns/pod', null],
    ['/run/netns/pod', '/run/netns/other'],
  ])('has "netns": %j, and an attachment that needs %j is refused', (there, wanted) => {
    expect(() => {
      refuseAttached(path, file(there, { network: 'other', ifname: 'net1' }), identity, wanted);
    }).toThrow(
      expect.objectContaining({
        name: 'netns-of-file-differs',
        code: 107,
        message: expect.stringContaining(`has "netns" ${JSON.stringify(there)}`),
      }),
    );
  });
});
