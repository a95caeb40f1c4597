import type { GuestInterface, GuestNeighbor, GuestRoute } from '../model/guest.ts';
import type { Family } from '../model/ip.ts';
import type { FileRoute } from './format.ts';

/** Why a reader refuses a file, or takes a value for another one. */
export interface Reason {
  /** The place in the file, like `devices[0].name`; empty for the whole of it. */
  readonly where: string;
  /** A sentence about what is there. */
  readonly why: string;
}

/** Something that a reader drops silently. */
export interface Dropped extends Reason {
  readonly what: 'address' | 'neighbor' | 'route';
  /** What it is called in a sentence, like `the route to "default"`. */
  readonly name: string;
}

/** A file that a reader refuses, with every reason that was found. The sandbox fails. */
export interface Refusal {
  readonly accepted: false;
  readonly refusals: readonly Reason[];
}

/** The verdict of a reader on a file: it fails the sandbox, or goes on with devices. */
export type Verdict =
  | Refusal
  | {
      readonly accepted: true;
      readonly netns: string | null;
      readonly devices: readonly TakenDevice[];
      /** What of the file, beside its devices, the reader takes otherwise than it is written. */
      readonly altered: readonly Reason[];
    };

/** A device as a reader has it, without what goes to the guest agent. */
export interface PluggedDevice {
  /** null where the file has none: the reader makes one up, another each time. */
  readonly guest_mac: string | null;
  /** Whether the virtual machine monitor takes that MAC. */
  readonly vmm_mac_ok: boolean;
  readonly device:
    | { readonly type: 'host-tap'; readonly tap_name: string }
    | { readonly type: 'vfio'; readonly pci_device_id: string }
    | { readonly type: 'vhost-user'; readonly path: string };
  /** As the file has it; 0 leaves it to the reader's configuration. */
  readonly queue_num: number;
  /** 0: the reader does not say. */
  readonly queue_pairs: number;
  readonly queue_size: number;
  /** Interface flags that get to the guest. */
  readonly flags: number;
}

/** A route as a runtime sends it to the guest agent; `where` is its place in the file. */
export type AgentRoute = FileRoute & { readonly where: string; readonly family: Family };

/** A neighbor as a runtime sends it to the guest agent. */
export interface AgentNeighbor {
  readonly where: string;
  /** null where the reader could make no address of what the file has. */
  readonly ip: string | null;
  readonly lladdr: string;
  readonly state: number;
  readonly flags: number;
}

/** A route as the agent hands it to the guest's kernel. */
export type TakenRoute = GuestRoute & Pick<AgentRoute, 'flags' | 'mtu' | 'scope' | 'where'>;

/** A neighbor as the agent hands it to the guest's kernel. */
export interface TakenNeighbor extends GuestNeighbor, Pick<AgentNeighbor, 'state' | 'where'> {}

/** A device of a file as a reader takes it, and what the guest agent makes of that. */
export interface TakenDevice extends PluggedDevice {
  /** The place in the file, like `devices[0]`. */
  readonly where: string;
  readonly guest_name: string;
  /** Bytes. */
  readonly mtu: number;
  /** As sent to the guest agent, which takes them all. */
  readonly addresses: readonly string[];
  /** As sent to the guest agent, in the order of the file; the agent adds those without a gateway first. */
  readonly routes: readonly AgentRoute[];
  /** As sent to the guest agent. */
  readonly neighbors: readonly AgentNeighbor[];
  readonly dropped: readonly Dropped[];
  /** What the guest gets otherwise than the file has it. */
  readonly altered: readonly Reason[];
  /** What the agent fails over, and the sandbox with it. */
  readonly failures: readonly Reason[];
  /** What the agent hands to the guest's kernel. */
  readonly guest: Omit<GuestInterface, 'neighbors' | 'routes'> & {
    readonly routes: readonly TakenRoute[];
    readonly neighbors: readonly TakenNeighbor[];
  };
}

/** The place of a key within a place; either may be empty. */
export function inside(where: string, key: string): string {
  return where === '' || key === '' ? where + key : `${where}.${key}`;
}
