import type { ProfileName } from '../dan/profile.ts';
import type { Bandwidth } from '../model/bandwidth.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { Where } from '../model/operation.ts';
import type { OvsDatabase } from '../model/ovs.ts';
import type { QueuePairs, QueueSize } from '../model/queues.ts';
import type { SocketPath } from '../model/socket-path.ts';
import type { PciAddress } from '../model/pci.ts';
import type { FunctionRow } from '../model/virtual-function.ts';
import type { VlanRange } from '../model/vlan.ts';
import type { MacvtapMode } from './macvtap-mode.ts';

/** The settings of a configuration that may matter to a kind of device. Each value is valid by itself. */
export interface DeviceSettings {
  readonly runtime: ProfileName;
  readonly mtu?: Mtu | undefined;
  readonly queues: QueuePairs;
  readonly queueSize?: QueueSize | undefined;
  /** null if the configuration says that there is none. */
  readonly bridge?: InterfaceName | null | undefined;
  readonly master?: InterfaceName | undefined;
  readonly mode?: MacvtapMode | undefined;
  readonly vlan?: number | undefined;
  readonly trunk?: readonly VlanRange[] | undefined;
  readonly ovs?: { readonly db: OvsDatabase } | undefined;
  readonly hairpinMode?: boolean | undefined;
  readonly bandwidth?: Bandwidth | undefined;
  readonly hotplug?: boolean | undefined;
  readonly socketDir?: string | undefined;
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
  readonly vlanQoS?: number | undefined;
  readonly vlanProto?: FunctionRow['vlanProto'] | undefined;
  readonly spoofchk?: FunctionRow['spoofchk'];
  readonly trust?: FunctionRow['trust'];
  readonly linkState?: FunctionRow['linkState'];
  /** Mbit/s. */
  readonly minTxRate?: number | undefined;
  readonly maxTxRate?: number | undefined;
  readonly bindDriver?: boolean | undefined;
  /** Not validated: others put it into any configuration. */
  readonly deviceID?: unknown;
  readonly prevResult?: unknown;
}

/** The keys of a configuration that some kinds take and others do not. */
export type KindKey =
  | 'addresses'
  | 'bandwidth'
  | 'bindDriver'
  | 'bridge'
  | 'group'
  | 'hairpinMode'
  | 'hotplug'
  | 'ipam'
  | 'linkState'
  | 'mac'
  | 'master'
  | 'maxTxRate'
  | 'minTxRate'
  | 'mode'
  | 'mtu'
  | 'ovs'
  | 'owner'
  | 'podMaySet'
  | 'socketDir'
  | 'socketPath'
  | 'spoofchk'
  | 'trunk'
  | 'trust'
  | 'vlan'
  | 'vlanProto'
  | 'vlanQoS';

/** A violation of a rule between keys: the error's name, and the reason. */
export interface RuleFault {
  readonly error: 'invalid-configuration' | 'prev-result-missing';
  readonly text: string;
}

/** A rule between keys of a configuration. It applies only if each of its keys is valid by itself, or left out. */
export interface Rule {
  readonly keys: readonly (keyof DeviceSettings)[];
  /** The violation; undefined if there is none. `ifname` is CNI_IFNAME. */
  readonly fault: (settings: DeviceSettings, ifname: string) => RuleFault | undefined;
}

/** A fault of the configuration alone. `text` names the key, the value and the rule. */
export function invalid(text: string): RuleFault {
  return { error: 'invalid-configuration', text };
}

/** The effective values of what not only the configuration may ask for. */
export interface Asked {
  readonly mac: Mac | undefined;
  readonly socketPath: SocketPath | undefined;
  /** The pod's owner chose the name of that socket, in the network's directory of sockets. */
  readonly isSocketOfPod?: boolean;
  /** The PCI function that the runtime or the configuration names. */
  readonly deviceID?: PciAddress | undefined;
  /** A name for the device on the host, which a configuration cannot ask for. */
  readonly chosenName?: InterfaceName | undefined;
  /** CNI_IFNAME. */
  readonly ifname: string;
}

/** The queues requested for a device of any kind. */
export interface QueueRequest {
  readonly queuePairs: QueuePairs;
  readonly queueSize: QueueSize | undefined;
}

/** The queues of a device in a configuration. */
export function queuesOf({ queues, queueSize }: DeviceSettings): QueueRequest {
  return { queuePairs: queues, queueSize };
}

/** Where the reader of a configuration looks for a device that may be in either namespace. */
export function placeOf({ runtime }: DeviceSettings): Where {
  return runtime === 'generic' ? 'pod' : 'host';
}
