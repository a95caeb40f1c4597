import type { GuestInterface, GuestNeighbor, GuestRoute } from '../model/guest.ts';
import type { Family } from '../model/ip.ts';
import type { FileRoute } from './format.ts';

/** Why a reader refuses a file, or takes a value differently. */
export interface Reason {
  /** The place in the file, like `devices[0].name`; empty for the whole file. */
  readonly where: string;
  /** A sentence about the value there. */
  readonly why: string;
}

/** Something that a reader drops silently. */
export interface Dropped extends Reason {
  readonly what: 'address' | 'neighbor' | 'route';
  /** Its name in a sentence, like `the route to "default"`. */
  readonly name: string;
}

/** A file that a reader refuses, with all reasons. The sandbox fails. */
export interface Refusal {
  readonly accepted: false;
  readonly refusals: readonly Reason[];
}

/** The verdict of a reader on a file: it fails the sandbox, or continues with devices. */
export type Verdict =
  | Refusal
  | {
      readonly accepted: true;
      readonly netns: string | null;
      readonly devices: readonly TakenDevice[];
      /** What the reader takes differently from the file, apart from its devices. */
      readonly altered: readonly Reason[];
    };

/** A device as a reader takes it, without what goes to the guest agent. */
export interface PluggedDevice {
  /** null if the file has none: the reader then makes up a new one each time. */
  readonly guest_mac: string | null;
  /** Whether the VMM accepts that MAC. */
  readonly vmm_mac_ok: boolean;
  readonly device:
    | { readonly type: 'host-tap'; readonly tap_name: string }
    | { readonly type: 'vfio'; readonly pci_device_id: string }
    | { readonly type: 'vhost-user'; readonly path: string };
  /** As in the file; 0 means that the reader's configuration decides. */
  readonly queue_num: number;
  /** 0 if the reader sets none. */
  readonly queue_pairs: number;
  readonly queue_size: number;
  /** Interface flags that reach the guest. */
  readonly flags: number;
}

/** A route as a runtime sends it to the guest agent; `where` is its place in the file. */
export type AgentRoute = FileRoute & { readonly where: string; readonly family: Family };

/** A neighbor as a runtime sends it to the guest agent. */
export interface AgentNeighbor {
  readonly where: string;
  /** null if the reader could not parse the address. */
  readonly ip: string | null;
  readonly lladdr: string;
  readonly state: number;
  readonly flags: number;
}

/** A route as the agent passes it to the guest's kernel. */
export type TakenRoute = GuestRoute & Pick<AgentRoute, 'flags' | 'mtu' | 'scope' | 'where'>;

/** A neighbor as the agent passes it to the guest's kernel. */
export interface TakenNeighbor extends GuestNeighbor, Pick<AgentNeighbor, 'state' | 'where'> {}

/** A device of a file as a reader takes it, and how the guest agent treats that. */
export interface TakenDevice extends PluggedDevice {
  /** The place in the file, like `devices[0]`. */
  readonly where: string;
  readonly guest_name: string;
  /** Bytes. */
  readonly mtu: number;
  /** As sent to the guest agent, which accepts them all. */
  readonly addresses: readonly string[];
  /** As sent to the guest agent, in the order of the file. The agent adds those without a gateway first. */
  readonly routes: readonly AgentRoute[];
  /** As sent to the guest agent. */
  readonly neighbors: readonly AgentNeighbor[];
  readonly dropped: readonly Dropped[];
  /** What the guest gets differently from the file. */
  readonly altered: readonly Reason[];
  /** The reasons for which the agent fails, and the sandbox with it. */
  readonly failures: readonly Reason[];
  /** What the agent passes to the guest's kernel. */
  readonly guest: Omit<GuestInterface, 'neighbors' | 'routes'> & {
    readonly routes: readonly TakenRoute[];
    readonly neighbors: readonly TakenNeighbor[];
  };
}

/** A key or an index within a place. Its text is made only for a fault: a file has thousands of places. */
export interface Place {
  /** undefined is the whole file. */
  readonly within: Place | undefined;
  readonly key: string | number;
}

/** The text of a place, like `devices[0].name`; empty for the whole file. A key without characters is left out. */
export function placeText(place: Place | undefined): string {
  if (place === undefined) return '';
  const { within, key } = place;
  const where = placeText(within);
  if (typeof key === 'number') return `${where}[${key}]`;
  return where === '' || key === '' ? where + key : `${where}.${key}`;
}
