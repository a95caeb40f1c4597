import type { KernelOperation } from '../../model/operation.ts';
import {
  addAltname,
  addMacvtap,
  addVeth,
  bringUp,
  deleteLink,
  hearMulticast,
  rename,
  setLink,
  setMaster,
} from './link-changes.ts';
import type { Request } from './message.ts';
import { addIngress, addRedirect, deleteFilters, deleteIngress } from './traffic-control.ts';
import { addVlans, deleteVlan } from './vlans.ts';

/** An operation that is one message. Taps are made, and switches of the kernel written, in another way. */
export type MessageOperation = Exclude<KernelOperation, { readonly op: 'addresses-flush' | 'ipv6-off' | 'tap-add' }>;

/** What of an operation's surroundings is in its message. */
export interface Surroundings {
  /** The number of a link of the operation's namespace. */
  readonly indexOf: (name: string) => number;
  /** The pod's namespace, an open file. */
  readonly podFile: () => number;
}

/** The message of an operation. */
export function requestOf(operation: MessageOperation, { indexOf, podFile }: Surroundings): Request {
  switch (operation.op) {
    case 'veth-add':
      return addVeth(operation, podFile());
    case 'macvtap-add':
      return addMacvtap(operation, indexOf(operation.master));
    case 'link-set':
      return setLink(indexOf(operation.name), operation);
    case 'altname-add':
      return addAltname(indexOf(operation.name), operation.altname);
    case 'rename':
      return rename(indexOf(operation.name), operation.to);
    case 'master':
      return setMaster(indexOf(operation.name), indexOf(operation.master));
    case 'allmulticast':
      return hearMulticast(indexOf(operation.name));
    case 'up':
      return bringUp(indexOf(operation.name));
    case 'link-del':
      return deleteLink(operation.name);
    case 'vlan-del':
      return deleteVlan(indexOf(operation.name), operation.vlan);
    case 'vlan-add':
      return addVlans(indexOf(operation.name), operation.vlans, operation.untagged);
    case 'ingress-add':
      return addIngress(indexOf(operation.name));
    case 'ingress-del':
      return deleteIngress(indexOf(operation.name));
    case 'filter-del':
      return deleteFilters(indexOf(operation.name), operation.preference);
    case 'redirect':
      return addRedirect(indexOf(operation.from), indexOf(operation.to), operation.cookie);
    default:
      return operation satisfies never;
  }
}
