import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { externalIdsOf, interfaceTypeOf, optionsOf, ownerOfRow, proofKey, vlanColumns } from '../../src/model/ovs.ts';
import { deriveNames, type Identity } from '../../src/model/identity.ts';

const identity: Identity = { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' };
const altname = 'dan-1b3029b14dd36746df92b29032d26ee7b96ed13f';
const ours = {
  dan: altname,
  'dan-network': 'kata-net',
  'dan-sandbox': 'sandbox-1',
  'dan-ifname': 'eth0',
};

function idsWith(args: Readonly<Record<string, string>>): object {
  return externalIdsOf(identity, altname, new Map(Object.entries(args)));
}

describe('externalIdsOf', () => {
  // They are used to find rows that an older version made.
  it('returns the proof and the attachment, the same in every version', () => {
    expect(idsWith({})).toEqual(ours);
    expect(proofKey).toBe('dan');
  });

  it('returns the pod if the runtime names it', () => {
    const args = { K8S_POD_NAMESPACE: 'default', K8S_POD_NAME: 'web-0', K8S_POD_UID: '8f0c', K8S_OTHER: 'x', MAC: 'y' };
    expect(idsWith(args)).toEqual({
      ...ours,
      'dan-pod-namespace': 'default',
      'dan-pod-name': 'web-0',
      'dan-pod-uid': '8f0c',
    });
    expect(idsWith({ K8S_POD_NAME: 'web.example_0' })).toEqual({ ...ours, 'dan-pod-name': 'web.example_0' });
  });

  it.each(['', '-x', '--if-exists', '.hidden', 'a b', 'a"b', 'a,dan=b', 'a\nb', 'a\0', 'pöd', '{}', 'a'.repeat(254)])(
    'leaves out a pod name that is none in Kubernetes: %j',
    (value) => {
      const args = { K8S_POD_NAMESPACE: value, K8S_POD_NAME: 'web-0', K8S_POD_UID: value };
      expect(idsWith(args)).toEqual({ ...ours, 'dan-pod-name': 'web-0' });
    },
  );

  it('returns the longest name of Kubernetes', () => {
    expect(idsWith({ K8S_POD_NAME: 'a'.repeat(253) })).toHaveProperty('dan-pod-name', 'a'.repeat(253));
  });

  it('ownerOfRow finds the attachment, whatever CNI_ARGS held', () => {
    const part = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,13}$/);
    const args = fc.dictionary(fc.constantFrom('K8S_POD_NAMESPACE', 'K8S_POD_NAME', 'K8S_POD_UID', 'dan'), fc.string());
    fc.assert(
      fc.property(fc.record({ network: part, sandbox: part, ifname: part }), args, (one, words) => {
        const proof = deriveNames(one).altname;
        const ids = externalIdsOf(one, proof, new Map(Object.entries(words)));
        expect(ownerOfRow(ids)).toEqual(one);
        expect(ids[proofKey]).toBe(proof);
      }),
    );
  });
});

describe('ownerOfRow finds no attachment', () => {
  it.each(Object.keys(ours))('if the row lacks %s', (key) => {
    const rest = Object.fromEntries(Object.entries(ours).filter(([name]) => name !== key));
    expect(ownerOfRow(rest)).toBeUndefined();
  });

  // A user who may write the database must not be able to point dan, which runs as root, at anything else.
  it.each([
    ['../../etc', 'eth0'],
    ['sandbox-1', '../eth0'],
    ['', 'eth0'],
    ['sandbox-1', ''],
  ])('if the row names sandbox %j and interface %j, which CNI does not allow', (sandbox, ifname) => {
    const { altname: proof } = deriveNames({ network: 'kata-net', sandbox, ifname });
    expect(ownerOfRow({ ...ours, dan: proof, 'dan-sandbox': sandbox, 'dan-ifname': ifname })).toBeUndefined();
  });

  it('if the proof is that of another attachment', () => {
    expect(ownerOfRow({ ...ours, 'dan-sandbox': 'sandbox-2' })).toBeUndefined();
  });

  it('if the row has only marks of others', () => {
    expect(ownerOfRow({ 'iface-id': 'x', contNetns: '/run/netns/pod' })).toBeUndefined();
    expect(ownerOfRow({})).toBeUndefined();
    expect(ownerOfRow({ ...ours, 'iface-id': 'x' })).toEqual(identity);
  });
});

describe('the columns of a port', () => {
  const none = { tag: undefined, trunks: [], vlanMode: undefined };
  const single = { first: 42, last: 42 };
  const range = { first: 1000, last: 1003 };

  it.each([
    ['no VLAN', {}, none],
    ['an access VLAN', { vlan: 20 }, { tag: 20, trunks: [], vlanMode: 'access' }],
    ['a trunk of one', { trunk: [single] }, { tag: undefined, trunks: [42], vlanMode: 'trunk' }],
    [
      'a trunk of ranges',
      { trunk: [single, range] },
      { tag: undefined, trunks: [42, 1000, 1001, 1002, 1003], vlanMode: 'trunk' },
    ],
    // "native-tagged" would send untagged frames with the VLAN's tag.
    [
      'a trunk with a native VLAN',
      { vlan: 20, trunk: [range] },
      { tag: 20, trunks: [1000, 1001, 1002, 1003], vlanMode: 'native-untagged' },
    ],
  ])('of %s', (_what, port, columns) => {
    expect(vlanColumns(port)).toEqual(columns);
  });

  it('have every VLAN of the widest trunk', () => {
    const { trunks } = vlanColumns({ trunk: [{ first: 1, last: 4094 }] });
    expect([trunks.length, trunks[0], trunks.at(-1)]).toEqual([4094, 1, 4094]);
  });

  it('are of a link, or of a client of a socket', () => {
    expect([interfaceTypeOf({}), optionsOf({})]).toEqual(['system', {}]);
    const vhostUser = { path: '/run/s', mtu: 1500, queuePairs: 1 };
    expect(interfaceTypeOf({ vhostUser })).toBe('dpdkvhostuserclient');
    expect(optionsOf({ vhostUser })).toEqual({ 'vhost-server-path': '/run/s' });
  });
});
