import { danError } from '../model/error.ts';
import { type DerivedNames, identityOfAlias } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import type { Mtu } from '../model/mtu.ts';
import type { QueuePairs } from '../model/queues.ts';
import type { RecordedKind } from './kind.ts';
import { isMultiQueue } from './tap.ts';

/** A tap of somebody else's that a virtual machine opens. Nothing of it is changed, and it stays when the sandbox goes. */
export interface AdoptedTap {
  readonly kind: 'adopted-tap';
  /** Derived name: that of the record. */
  readonly name: InterfaceName;
  readonly tapName: InterfaceName;
  readonly queuePairs: QueuePairs;
}

/** What is asked of a tap that is there. */
export interface AdoptedTapRequest {
  readonly device: InterfaceName;
  readonly queuePairs: QueuePairs;
  /** That of the interface in the guest. */
  readonly mtu: Mtu;
}

/** A tap to adopt, with what the operator should know. */
export interface Adoption {
  readonly device: AdoptedTap;
  readonly warnings: readonly string[];
}

/**
 * Adopts a tap that is there; `holders` are the process ids of the programs that have it open. Throws `device-unusable`
 * for what Kata could not open, or what is another sandbox's.
 */
export function adoptTap(
  { device, queuePairs, mtu }: AdoptedTapRequest,
  link: Link,
  holders: readonly number[],
  { link: name }: Pick<DerivedNames, 'link'>,
): Adoption {
  const fault = adoptionFault(device, queuePairs, link, holders);
  if (fault !== undefined) throw danError('device-unusable', `the link ${device} ${fault}`);
  return {
    device: { kind: 'adopted-tap', name, tapName: device, queuePairs },
    warnings: [
      ...(link.mtu === mtu
        ? []
        : [
            `the tap ${device} has the MTU ${link.mtu}, and the interface in the guest gets ${mtu}: it is not dan's and stays ` +
              `as it is; "ip link set ${device} mtu ${mtu}" makes them agree`,
          ]),
      ...(link.up ? [] : [`the tap ${device} is down, and nobody else brings it up: "ip link set ${device} up"`]),
    ],
  };
}

function adoptionFault(
  device: InterfaceName,
  queuePairs: QueuePairs,
  link: Link,
  holders: readonly number[],
): string | undefined {
  const { name, kind, data } = link;
  // To open a tap, no altname will do.
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
  return altnames.some((altname) => /^dan-[0-9a-f]{40}(-[hp])?$/.test(altname)) ? 'for another sandbox' : undefined;
}

/** A tap that was there before. No configuration names it, and nothing of it is removed. */
export const adoptedTap: RecordedKind<AdoptedTap> = {
  linkKinds: [],
  isValid: () => true,
  name: ({ name }) => name,
  tap: () => undefined,
  socket: () => undefined,
  port: () => undefined,
  bridge: () => undefined,
  master: () => undefined,
  links: () => [],
  madeLinks: () => [],
  label: () => 'tap',
  files: () => [],
  redirects: () => [],
  hops: () => [],
  makes: () => [],
  takes: () => undefined,
  faults: () => [],
  vlanPort: () => undefined,
  vlanFaults: () => [],
  masterFaults: () => [],
};
