import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { join as joinSightings, type InventoryItem, type Sightings } from '../../../../src/node/attachments/join.ts';
import type { PlaceFault } from '../../../../src/attach/sightings/seen.ts';
import type { AttachmentRecord } from '../../../../src/attach/record.ts';
import { lasting, standingsOf } from '../../../../src/node/attachments/attachments.ts';
import { standingOf } from '../../../../src/node/attachments/standing.ts';
import type { Device } from '../../../../src/kinds/kinds.ts';
import { toLink } from '../../../../src/host/iproute/answers.ts';
import { deriveNames } from '../../../../src/model/identity.ts';
import type { Mtu } from '../../../../src/model/mtu.ts';
import { defaultOvsDatabase } from '../../../../src/model/ovs.ts';
import type { QueuePairs } from '../../../../src/model/queues.ts';
import { facts, find, findAll, network, unasked } from '../made-up-facts.ts';

const identity = { network: 'pods', sandbox: 'sandbox-1', ifname: 'eth0' } as const;
const names = deriveNames(identity);
const file = '/run/kata-containers/dans/sandbox-1.json';

const device = {
  kind: 'host-tap',
  tap: { in: 'host', name: names.link, altname: names.altname, alias: names.alias },
  mac: names.linkMac,
  mtu: 1500 as Mtu,
  queuePairs: 1 as QueuePairs,
} satisfies Device;

const port = {
  database: defaultOvsDatabase,
  bridge: names.link,
  datapath: 'netdev',
  name: names.link,
  externalIds: {},
} as const;

function record(more: Partial<AttachmentRecord> = {}): AttachmentRecord {
  return {
    format: 1,
    ...identity,
    danConf: '/run/kata-containers/dans',
    device,
    guestMac: names.guestMac,
    netns: '/run/netns/pod',
    ...more,
  };
}

const link = {
  identity,
  name: names.link,
  netns: undefined,
  link: toLink({ ifindex: 7, ifname: names.link, ifalias: names.alias }),
};
const entry = { identity, file, entry: {}, index: 0 };
const address = { cidr: '10.9.0.2/24', scope: 'global' };
const row = { owner: identity, database: defaultOvsDatabase, name: names.link };

function items(seen: Partial<Sightings>): readonly InventoryItem[] {
  return joinSightings({ records: [], entries: [], links: [], ports: [], ...seen });
}

function found(seen: Partial<Sightings>, faults: readonly PlaceFault[] = []) {
  const all = facts({
    networks: [network('pods', { bridge: 'br0', danConf: '/run/other', ipam: { type: 'host-local', ranges: [] } })],
    state: { inventory: { items: items(seen), faults } },
  });
  return findAll('state-', all);
}

test('an attachment that is whole has no finding', () => {
  expect(found({ records: [record()], entries: [entry], links: [link] })).toEqual([]);
  const withPort = record({ device: { ...device, port } });
  expect(found({ records: [withPort], entries: [entry], links: [link], ports: [row] })).toEqual([]);
});

test.each([
  ['state-missing-link', { records: [record()], entries: [entry] }, `the link ${names.link} is gone`],
  ['state-missing-entry', { records: [record()], links: [link] }, `its entry in ${file} is gone`],
  [
    'state-missing-port',
    { records: [record({ device: { ...device, port } })], entries: [entry], links: [link] },
    `its port ${names.link} in the Open vSwitch`,
  ],
  [
    'state-hidden-link',
    {
      records: [record({ entry: { name: 'eth0' } as NonNullable<AttachmentRecord['entry']> })],
      entries: [entry],
      links: [link],
      pods: [{ netns: '/run/netns/pod', links: [{ ...link.link, name: 'net1', addresses: [address] }] }],
    },
    'the guest does not have net1 with 10.9.0.2/24',
  ],
  ['state-orphan-link', { links: [link] }, `the link ${names.link} has no record`],
  [
    'state-orphan-link',
    { links: [{ ...link, netns: '/run/netns/pod' }] },
    `${names.link} in /run/netns/pod has no record`,
  ],
  ['state-orphan-entry', { entries: [entry] }, `the entry in ${file} has no record`],
  ['state-orphan-port', { ports: [row] }, `the port ${names.link} in the Open vSwitch`],
] as const)('%s', (id, seen, said) => {
  const all = found(seen);
  expect(all.map((one) => one.id)).toEqual([id]);
  expect(all[0]).toMatchObject({ severity: 'warning', seen: expect.stringContaining(said) });
  expect(all[0]?.seen).toContain('eth0 of sandbox sandbox-1 in network "pods"');
  expect(all[0]?.cure).toContain('crictl inspectp sandbox-1');
});

describe('what could not be read is not missing', () => {
  test.each([
    [
      'Open vSwitch',
      { records: [record({ device: { ...device, port } })], entries: [entry], links: [link] },
      { of: 'ovs', database: defaultOvsDatabase },
    ],
    ['a DAN file', { records: [record()], links: [link] }, { of: 'dan-file', file }],
    ['a directory', { records: [record()], links: [link] }, { of: 'dan-directory', directory: dirname(file) }],
    ['the links', { records: [record()], entries: [entry] }, { of: 'links', netns: undefined }],
    ['the namespaces', { records: [record()], entries: [entry] }, { of: 'namespaces' }],
    ['the records', { entries: [entry], links: [link], ports: [row] }, { of: 'records' }],
  ] as const)('%s', (_, seen, place) => {
    const why = 'why it cannot be read';
    expect(found(seen, [{ ...place, why }])).toMatchObject([{ id: 'state-unseen', seen: why }]);
  });
});

test('a database that the area of Open vSwitch has told of is not told again', () => {
  const why = `the Open vSwitch at ${defaultOvsDatabase} cannot be reached`;
  const all = facts({
    ovs: { switches: [{ database: defaultOvsDatabase, view: why, process: undefined }] },
    state: { inventory: { items: [], faults: [{ of: 'ovs', database: defaultOvsDatabase, why }] } },
  });
  expect(find('state-unseen', all)).toEqual([]);
});

test('what came or went between two readings is changing, and has no finding', () => {
  const around = { isBusy: false, podIsGone: false, nodeIsGone: false, faults: [] };
  const reading = (seen: Partial<Sightings>) =>
    items(seen).map((item) => ({ item, standing: standingOf(item, around) }));
  const whole = reading({
    records: [record({ entry: entry.entry as NonNullable<AttachmentRecord['entry']> })],
    entries: [entry],
    links: [link],
  });
  const half = reading({
    records: [record({ entry: entry.entry as NonNullable<AttachmentRecord['entry']> })],
    links: [link],
  });
  const states = (first: typeof whole, second: typeof whole) =>
    lasting(standingsOf(first), second).map(({ standing }) => standing.state);
  expect(states(whole, half)).toEqual(['changing']);
  expect(states([], half)).toEqual(['changing']);
  expect(states(half, half)).toEqual(['incomplete']);
});

test('the command of the cure is a DEL that a shell understands', () => {
  const directory = mkdtempSync(join(tmpdir(), 'dan-del-'));
  try {
    const strange = { network: "it's", sandbox: 'sandbox-1', ifname: 'eth0' };
    const plugin = join(directory, 'bin', 'dan');
    mkdirSync(join(directory, 'bin'));
    writeFileSync(plugin, `#!/bin/sh\ncat >'${directory}/input'\nenv | grep CNI_ | sort >'${directory}/env'\n`, {
      mode: 0o755,
    });
    const base = facts({
      networks: [network("it's", { bridge: 'br0', danConf: '/run/other', ipam: { type: 'host-local', name: 'a b' } })],
      state: { inventory: { items: items({ entries: [{ ...entry, identity: strange }] }), faults: [] } },
    });
    const all = { ...base, cni: { ...base.cni, dan: { ...base.cni.dan, path: plugin } } };
    const [{ cure } = { cure: '' }] = find('state-orphan-entry', all);
    execFileSync('/bin/sh', ['-c', cure.slice(cure.indexOf('printf '))]);
    expect(JSON.parse(readFileSync(join(directory, 'input'), 'utf8'))).toEqual({
      cniVersion: '1.0.0',
      name: "it's",
      type: 'dan',
      bridge: 'br0',
      danConf: '/run/kata-containers/dans',
      ipam: { type: 'host-local', name: 'a b' },
    });
    expect(readFileSync(join(directory, 'env'), 'utf8')).toBe(
      'CNI_COMMAND=DEL\nCNI_CONTAINERID=sandbox-1\nCNI_IFNAME=eth0\nCNI_NETNS=\nCNI_PATH=/opt/cni/bin\n',
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('where only files are looked at, attachments are not asked about', () => {
  const all = facts({ state: { inventory: undefined, locks: undefined } });
  expect(unasked('state-orphan-link', all)).toBe('only files are looked at');
  expect(unasked('state-lock', all)).toBe('only files are looked at');
});
