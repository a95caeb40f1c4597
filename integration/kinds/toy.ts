import { one } from '../../src/json/shape.ts';
import type { OwnLink } from '../../src/kinds/device.ts';
import type { DeviceKind } from '../../src/kinds/kind.ts';
import { recordedTap } from '../../src/kinds/recorded.ts';
import { invalid, type QueueRequest, queuesOf } from '../../src/kinds/settings.ts';
import {
  noFunctionKeys,
  noHotplugKeys,
  noMacvtapKeys,
  noSocketKeys,
  portKeys,
  tapKeys,
} from '../../src/kinds/taken-keys.ts';
import { type AnyTap, findOwn, makeTap, markTap, tapFaults, usersOf, withTap } from '../../src/kinds/tap.ts';
import {
  withoutFiles,
  withoutFunction,
  withoutMaster,
  withoutPluggable,
  withoutShaping,
  withoutSocket,
  withoutSwitch,
} from '../../src/kinds/without.ts';
import type { DerivedNames } from '../../src/model/identity.ts';
import type { InterfaceName } from '../../src/model/interface-name.ts';
import type { Mac } from '../../src/model/mac.ts';
import { ethernetMtu, type Mtu } from '../../src/model/mtu.ts';

interface ToyRequest extends QueueRequest {
  readonly device: 'toy';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
}

interface Toy extends AnyTap {
  readonly kind: 'toy';
  /** The name of the record. The link's name begins with `toy`. */
  readonly name: InterfaceName;
}

function ownLink({ link, altname, alias }: DerivedNames): OwnLink {
  return { in: 'host', name: link.replace(/^dan/, 'toy') as InterfaceName, altname, alias };
}

/** A kind of device that dan does not have: a tap on the host with another form of name, not connected to anything. */
export const toy: DeviceKind<ToyRequest, Toy> = {
  ...withTap,
  ...withoutSwitch,
  ...withoutMaster,
  ...withoutSocket,
  ...withoutFiles,
  ...withoutShaping,
  ...withoutPluggable,
  ...withoutFunction,
  addresses: 'own',
  switches: 'none',
  attachedAs: 'host-tap',
  linkKinds: ['tun'],
  keys: {
    ...portKeys,
    ...tapKeys,
    ...noSocketKeys,
    ...noMacvtapKeys,
    ...noHotplugKeys('a toy is for guests that start'),
    ...noFunctionKeys,
    master: { meaningless: 'a toy is connected to nothing' },
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
  plan({ mac, mtu = ethernetMtu, queuePairs, queueSize }, { names }) {
    const tap = ownLink(names);
    const device: Toy = {
      ...{ kind: 'toy', name: names.link, tap, mac: names.linkMac, mtu, queuePairs, ...usersOf({}) },
    };
    return {
      device,
      operations: [...makeTap(device), ...markTap(device), { op: 'up', in: 'host', name: tap.name }],
      exclusives: [],
      guestMac: mac ?? names.guestMac,
      mtu,
      attached: { kind: 'host-tap', tapName: tap.name, queuePairs, queueSize },
      place: 'host',
      source: undefined,
      warnings: ['it is a toy'],
    };
  },
  refuseBridge: () => undefined,
  tools: () => ({ iproute2: ['ip', 'nsenter'], others: [] }),
  features: () => ['tap', 'altname'],
  strays: (names) => ({ links: [ownLink(names)], files: [] }),
  recorded: (names) => ({ ...recordedTap(ownLink(names)), name: one(names.link) }),
  name: ({ name }) => name,
  links: ({ tap }) => [tap],
  madeLinks: ({ tap }) => [tap],
  label: () => 'toy',
  faults: (device, links, users) => tapFaults(device, undefined, findOwn(device.tap, links), users),
};
