import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import type { DeviceKind } from '../../src/kinds/kind.ts';
import {
  hotplugKeys,
  noFunctionKeys,
  noMacvtapKeys,
  noSocketKeys,
  portKeys,
  tapKeys,
} from '../../src/kinds/taken-keys.ts';
import { invalid, queuesOf } from '../../src/kinds/settings.ts';
import type * as Table from '../../src/kinds/table.ts';
import type { DerivedNames } from '../../src/model/identity.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Mac } from '../../src/model/mac.ts';
import { ethernetMtu, type Mtu } from '../../src/model/mtu.ts';
import type { OwnLink } from '../../src/kinds/device.ts';
import type { QueuePairs, QueueSize } from '../../src/model/queues.ts';

import { linkNamed, names, nodeView } from './node.ts';

interface ToyRequest {
  readonly device: 'toy';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
}

interface Toy {
  readonly kind: 'toy';
  readonly link: OwnLink;
  readonly box: string;
}

const box = (link: string): string => `/run/dan/toys/${link}`;

const own = ({ link, altname, alias }: DerivedNames): OwnLink => ({ in: 'host', name: link, altname, alias });

/** A kind of device that the program does not have: a tap without a MAC of its own, and a directory for a socket. */
const toy: DeviceKind<ToyRequest, Toy> = {
  addresses: 'own',
  opens: 'tap',
  switches: 'none',
  attachedAs: 'host-tap',
  linkKinds: ['toy-link'],
  keys: {
    ...{
      ...portKeys,
      ...tapKeys,
      ...noSocketKeys,
      ...noMacvtapKeys,
      ...noFunctionKeys,
      ...hotplugKeys,
      master: 'taken',
    },
    bandwidth: { meaningless: 'a toy sends nothing' },
    bridge: { meaningless: 'a toy is connected to nothing' },
  },
  rules: [
    {
      keys: ['mtu'],
      fault: ({ mtu }) => (mtu === undefined ? invalid('"mtu" is missing, and a toy does not guess') : undefined),
    },
  ],
  read: (settings, { mac }) => ({ device: 'toy', mac, mtu: settings.mtu, ...queuesOf(settings) }),
  wants: ({ mtu }) => ({ bridge: null, database: undefined, mtu, master: undefined, socket: undefined }),
  plan: ({ mac, mtu = ethernetMtu, queuePairs, queueSize }, view) => ({
    device: { kind: 'toy', link: own(view.names), box: box(view.names.link) },
    exclusives: [{ of: 'socket', path: box(view.names.link) }],
    operations: [{ op: 'tap-add', in: 'host', name: view.names.link, multiQueue: queuePairs > 1, owner: 0 }],
    guestMac: mac ?? view.names.guestMac,
    mtu,
    attached: { kind: 'host-tap', tapName: view.names.link, queuePairs, queueSize },
    place: 'host',
    source: undefined,
    warnings: ['it is a toy'],
  }),
  refuseBridge: () => undefined,
  tools: () => ({ iproute2: ['ip'], others: ['mount'] }),
  features: () => ['u32'],
  strays: (derived) => ({ links: [own(derived)], files: [{ kind: 'socket', path: box(derived.link) }] }),
  recorded: ({ link }) => ({ box: (value) => value === box(link) }),
  name: ({ link }) => link.name,
  tap: ({ link }) => ({ ...link, mac: 'fe:00:00:00:00:01', mtu: 1500 }),
  socket: () => undefined,
  port: () => undefined,
  bridge: () => undefined,
  function: () => undefined,
  functionFaults: () => [],
  master: () => undefined,
  counting: ({ link }) => ({ in: 'host', name: link.name, guestSent: 'received' }),
  links: ({ link }) => [link],
  madeLinks: ({ link }) => [link],
  pluggable: () => undefined,
  label: () => 'toy',
  files: (device) => [{ kind: 'socket', path: device.box }],
  redirects: () => [],
  hops: () => [],
  shapers: () => [],
  makes: (device) => [{ make: 'socket-directory', path: device.box, mode: 0o700, what: 'the box of the toy' }],
  takes: ({ link }) => ({ link: link.name, mac: '02:00:00:00:00:01', meanwhile: undefined }),
  faults: ({ link }, links) => (links.some(({ name }) => name === link.name) ? [] : ['the toy is gone']),
  vlanPort: () => undefined,
  vlanFaults: () => [],
  masterFaults: () => [],
  keepsMaster: () => true,
  unfit: () => [],
};

const network = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', device: 'toy', mtu: 1400 };
const words = { args: new Map<string, string>(), ifname: 'eth0' };
const identity = { network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' };

/** Loads the program again. */
async function load() {
  return {
    ...(await import('../../src/kinds/kinds.ts')),
    ...(await import('../../src/config/network.ts')),
    ...(await import('../../src/attach/settings.ts')),
    ...(await import('../../src/attach/needed-tools.ts')),
    ...(await import('../../src/attach/del/remove-device.ts')),
    ...(await import('../../src/attach/add/claim.ts')),
    ...(await import('../../src/attach/add/sandbox-file.ts')),
    ...(await import('../../src/cli/plan/steps.ts')),
    ...(await import('../../src/node/attachments/standing.ts')),
    ...(await import('../../src/cli/list/described.ts')),
    ...(await import('../../src/cli/doctor/demand.ts')),
    ...(await import('../../src/cli/validate/network/plugin.ts')),
    ...(await import('../attach/add/task.ts')),
  };
}

let dan: Awaited<ReturnType<typeof load>>;

// The files of unit tests share their modules. This one has its own copies, so that only they have the toy in the
// table.
beforeAll(async () => {
  vi.resetModules();
  vi.doMock('../../src/kinds/table.ts', async (original) => {
    const table = await original<typeof Table>();
    return { ...table, kinds: { ...table.kinds, toy }, recordedKinds: { ...table.recordedKinds, toy } };
  });
  dan = await load();
});

afterAll(() => {
  vi.doUnmock('../../src/kinds/table.ts');
  vi.resetModules();
});

function attach(changes: object = {}) {
  const task = dan.taskOf({ device: 'toy', mtu: 1400, ...changes });
  const view = nodeView();
  const plan = dan.planDevice(task.config.device, view);
  return { ...task, plan, view, document: undefined };
}

describe('a kind of device that is new in the table', () => {
  it('is read, with addresses and a MAC of its own', () => {
    const asked = { ...network, mac: '02:00:00:00:00:05', addresses: ['10.0.0.5/24'] };
    const config = dan.readNetwork(asked, words);
    expect(config.device).toEqual({
      ...{ device: 'toy', mac: '02:00:00:00:00:05', mtu: 1400, queuePairs: 1, queueSize: undefined },
    });
    expect(config.addresses).toMatchObject([{ text: '10.0.0.5' }]);
    expect(dan.readWithoutPod(asked)).toEqual(config);
  });

  it('refuses the keys that say nothing about it, and is named among the kinds', () => {
    expect(() => dan.readNetwork({ ...network, bridge: 'br0' }, words)).toThrow(
      '"bridge" has no effect with "device": "toy": a toy is connected to nothing',
    );
    expect(() => dan.readNetwork({ ...network, device: 'joy' }, words)).toThrow(
      'must be one of host-tap, vhost-user, tcfilter, macvtap, vfio, toy',
    );
  });

  it('misses its own keys where others are faulty, and "dan validate" too', () => {
    const faulty = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', device: 'toy', queues: 0 };
    const missing = '"mtu" is missing, and a toy does not guess';
    expect(() => dan.readNetwork(faulty, words)).toThrow(missing);
    expect(dan.danRemarks(faulty, 'plugins[0]').map(({ text }) => text)).toContain(missing);
    expect(dan.danRemarks(network, 'plugins[0]')).toEqual([]);
  });

  it('is carried by the readers that carry its form', () => {
    expect(dan.settle(dan.readNetwork(network, words)).profile.name).toBe('runtime-rs');
  });

  it('is planned, and its record, its entry and the steps of the plan follow', () => {
    const planned = attach();
    const { plan } = planned;
    const { link } = names;
    expect(plan.operations).toEqual([{ op: 'tap-add', in: 'host', name: link, multiQueue: false, owner: 0 }]);
    expect(dan.recordOf(planned, undefined).device).toEqual({ kind: 'toy', link: own(names), box: box(link) });
    expect(dan.entryOf(planned, { addresses: [], routes: [], neighbors: [] }).device).toEqual({
      ...{ type: 'host-tap', tap_name: link, queue_num: 1 },
    });
    expect(dan.stepsOf(planned)).toEqual([
      expect.objectContaining({ what: `the record, which DEL needs, with all that it takes from ${link}` }),
      { do: 'run', command: `ip tuntap add dev ${link} mode tap vnet_hdr user 0` },
      { do: 'make', path: box(link), what: 'the box of the toy' },
      expect.objectContaining({ do: 'write', path: '/dans/sandbox-1.json' }),
    ]);
  });

  it('says what of it DEL removes, with a record and without', () => {
    const { plan } = attach();
    const { link } = names;
    const files = [{ kind: 'socket', path: box(link) }];
    expect(dan.remainsOf({ sandbox: 'sandbox-1', device: plan.device, guestMac: plan.guestMac })).toMatchObject({
      links: [own(names)],
      files,
      redirects: [],
    });
    expect(dan.remainsWithoutRecord(names).files).toEqual(expect.arrayContaining(files));
    expect(dan.madeLinkKinds).toContain('toy-link');
  });

  it('says which programs and what of the kernel it needs', () => {
    const config = dan.readNetwork(network, words);
    expect(dan.toolsOf(config, true)).toEqual(['ip', 'mount']);
    expect(dan.toolsOf(config, false)).toEqual(['mount']);
    const node = [{ name: 'pods', config }] as unknown as Parameters<typeof dan.networksWith>[0];
    expect([dan.networksWith(node, 'u32'), dan.networksWith(node, 'tap')]).toEqual([['pods'], []]);
  });

  it('is attached in the list, and missed there when its link is gone', () => {
    const planned = attach();
    const { plan } = planned;
    const entry = dan.entryOf(planned, { addresses: [], routes: [], neighbors: [] });
    const record = { ...dan.recordOf(planned, undefined), entry };
    const link: InterfaceName = names.link;
    const item = {
      ...{ identity, link, record, port: undefined, hidden: [] },
      entry: { file: '/dans/sandbox-1.json', entry: { ...entry }, index: 0 },
      links: [{ netns: undefined, link: linkNamed(link) }],
    };
    const calm = { isBusy: false, podIsGone: false, nodeIsGone: false, faults: [] };
    const standing = dan.standingOf(item, calm);
    expect(standing.state).toBe('attached');
    expect(dan.standingOf({ ...item, links: [] }, calm).state).toBe('incomplete');
    const cni = { networks: [], binDirs: [], dan: {} } as unknown as Parameters<typeof dan.describe>[1];
    expect(dan.describe({ item, standing }, cni)).toMatchObject({ device: 'toy', guestMac: names.guestMac });
    expect(dan.recordedKindOf(plan.device).label(plan.device, link)).toBe('toy');
  });
});
