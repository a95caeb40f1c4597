import type { InterfaceAddress } from '../model/cidr.ts';
import type { Mac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import type { Neighbor, Route } from '../model/route.ts';

/** The device of an attachment, as far as a reader of the file needs it. */
export type AttachedDevice = {
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
} & (
  | { readonly kind: 'host-tap'; readonly tapName: string }
  /** `path` is the path of the device node. */
  | { readonly kind: 'macvtap'; readonly tapName: string; readonly path: string; readonly mode: string }
  | { readonly kind: 'vhost-user'; readonly path: string }
  /** `address` is the address of the PCI function. */
  | { readonly kind: 'vfio'; readonly address: string }
);

/** One attachment of a sandbox, in dan's own terms. An encoder turns it into an entry of the file. */
export interface Attachment {
  readonly network: string;
  /** CNI_IFNAME: the interface's name in the guest. */
  readonly ifname: string;
  readonly guestMac: Mac;
  readonly device: AttachedDevice;
  readonly mtu: Mtu;
  /** The interface does no neighbor lookups (IFF_NOARP). */
  readonly noArp?: boolean | undefined;
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly Route[];
  readonly neighbors: readonly Neighbor[];
}
