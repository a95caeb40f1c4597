import { danError } from '../model/error.ts';
import { fits, one } from '../json/shape.ts';
import { type DerivedNames, identityOfAlias, isOwnAltname } from '../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mac } from '../model/mac.ts';
import { ethernetMtu, type Mtu } from '../model/mtu.ts';
import { parseQueuePairs, type QueuePairs, type QueueSize } from '../model/queues.ts';
import type { NodeView, Plan } from './device.ts';
import type { RecordedKind } from './kind.ts';
import { isMultiQueue } from './tap.ts';
import {
  withoutFiles,
  withoutFunction,
  withoutLinks,
  withoutMaster,
  withoutShaping,
  withoutSocket,
  withoutSwitch,
} from './without.ts';

/** An existing tap that somebody else made for a virtual machine. dan neither changes nor removes it. */
export interface AdoptedTap {
  readonly kind: 'adopted-tap';
  /** Derived name, which the record has. */
  readonly name: InterfaceName;
  readonly tapName: InterfaceName;
  readonly queuePairs: QueuePairs;
}

/** The requested settings of an existing tap. */
interface AdoptionRequest {
  readonly chosenName?: InterfaceName | undefined;
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
}

/**
 * Adopts the tap with the chosen name. Throws `device-unusable` for a tap that Kata cannot open or that belongs to
 * another sandbox.
 */
export function planAdoption(
  request: AdoptionRequest,
  { link, holders }: NonNullable<NodeView['chosen']>,
  { link: name, guestMac }: Pick<DerivedNames, 'guestMac' | 'link'>,
): Plan<AdoptedTap> {
  const { chosenName: tapName = link.name as InterfaceName, mac, mtu = ethernetMtu, queuePairs, queueSize } = request;
  const fault = adoptionFault(tapName, queuePairs, link, holders);
  if (fault !== undefined) throw danError('device-unusable', `the link ${tapName} ${fault}`);
  const otherMtu =
    `the tap ${tapName} has the MTU ${link.mtu}, and the interface in the guest gets ${mtu}: it is not dan's and stays as ` +
    `it is; "ip link set ${tapName} mtu ${mtu}" makes them agree`;
  const isDown = `the tap ${tapName} is down, and nobody else brings it up: "ip link set ${tapName} up"`;
  return {
    device: { kind: 'adopted-tap', name, tapName, queuePairs },
    operations: [],
    exclusives: [],
    guestMac: mac ?? guestMac,
    mtu,
    attached: { kind: 'host-tap', tapName, queuePairs, queueSize },
    place: 'host',
    source: undefined,
    warnings: [...(link.mtu === mtu ? [] : [otherMtu]), ...(link.up ? [] : [isDown])],
  };
}

function adoptionFault(
  device: InterfaceName,
  queuePairs: QueuePairs,
  link: Link,
  holders: readonly number[],
): string | undefined {
  const { name, kind, data } = link;
  // A tap cannot be opened by an altname.
  if (name !== device) return `is only another name of ${name}: name that, or use another`;
  if (kind !== 'tun' || data['type'] !== 'tap') return `is a ${kind ?? 'device'}, and no tap: use another name`;
  const owner = ownerOf(link);
  if (owner !== undefined) return `is a tap that dan made ${owner}: use another name`;
  if (data['persist'] !== true) {
    return 'goes away with the program that made it: make it persistent ("ip tuntap add"), or use another name';
  }
  const multiQueue = data['multi_queue'] === true;
  if (multiQueue !== isMultiQueue(queuePairs)) return wrongQueues(multiQueue, queuePairs);
  if (holders.length > 0) {
    return `is open in the process ${holders.join(', ')}, and a tap serves one sandbox: end that, or use another name`;
  }
  return undefined;
}

function wrongQueues(multiQueue: boolean, queuePairs: QueuePairs): string {
  return multiQueue
    ? `is multi-queue, and "queues" is ${queuePairs}: Kata would fail to open it; say "queues": 2 or more, or make it without "multi_queue"`
    : `is not multi-queue, and "queues" is ${queuePairs}: Kata would fail to open it; say "queues": 1, or make it with "multi_queue"`;
}

function ownerOf({ alias = '', altnames }: Link): string | undefined {
  const identity = identityOfAlias(alias);
  if (identity !== undefined) return `for sandbox ${identity.sandbox} ("${identity.ifname}" of "${identity.network}")`;
  return altnames.some(isOwnAltname) ? 'for another sandbox' : undefined;
}

/** A tap that existed before. No configuration names this kind, and DEL removes nothing of the tap. */
export const adoptedTap: RecordedKind<AdoptedTap> = {
  ...withoutSwitch,
  ...withoutMaster,
  ...withoutSocket,
  ...withoutFiles,
  ...withoutShaping,
  ...withoutFunction,
  ...withoutLinks,
  recorded: ({ link }) => ({
    name: one(link),
    tapName: fits(parseInterfaceName),
    queuePairs: fits(parseQueuePairs),
  }),
  name: ({ name }) => name,
  pluggable: ({ tapName: name, queuePairs }) => ({ name, queuePairs }),
  counting: ({ tapName }) => ({ in: 'host', name: tapName, guestSent: 'received' }),
};
