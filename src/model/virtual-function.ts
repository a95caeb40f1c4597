import type { InterfaceName } from './interface-name.ts';
import type { Identity } from './identity.ts';
import type { PciAddress } from './pci.ts';

/** The highest rate in Mbit/s that a card accepts: a __u32 of struct ifla_vf_rate (linux/if_link.h). */
export const mostTxRate = 0xffff_ffff;

/** The values of a setting that is on or off. */
export const onOff = ['on', 'off'] as const;

/** The VLAN protocols that a function can have, in the words of `ip link`. */
export const vlanProtocols = ['802.1q', '802.1ad'] as const;

/** The link states of a function, indexed by their numbers (IFLA_VF_LINK_STATE_… of linux/if_link.h). */
export const linkStates = ['auto', 'enable', 'disable'] as const;

/**
 * What a physical function reports about one of its virtual functions, under the keys of the configuration: one line of
 * `ip link show`. What the driver does not report is left out.
 */
export interface FunctionRow {
  readonly mac: string;
  /** 0: none. */
  readonly vlan: number;
  /** Priority of the VLAN, 0 to 7. */
  readonly vlanQoS: number;
  readonly vlanProto: (typeof vlanProtocols)[number];
  readonly spoofchk?: (typeof onOff)[number] | undefined;
  readonly trust?: (typeof onOff)[number] | undefined;
  readonly linkState?: (typeof linkStates)[number] | undefined;
  /** Mbit/s; 0: no limit. */
  readonly minTxRate: number;
  readonly maxTxRate: number;
}

/** Settings of a virtual function: only those that are asked for. */
export type FunctionSettings = Partial<FunctionRow>;

/** One request to the driver of a physical function, about one of its virtual functions. */
export type FunctionChange =
  | { readonly set: 'mac'; readonly mac: string }
  | {
      readonly set: 'vlan';
      readonly vlan: number;
      readonly vlanQoS: number;
      readonly vlanProto: FunctionRow['vlanProto'];
    }
  | { readonly set: 'spoofchk' | 'trust'; readonly to: (typeof onOff)[number] }
  | { readonly set: 'linkState'; readonly to: (typeof linkStates)[number] }
  | { readonly set: 'rate'; readonly minTxRate: number; readonly maxTxRate: number };

/** The properties of a physical function that matter to its virtual functions. */
export interface PhysicalFunction {
  readonly address: PciAddress;
  /** Its interface in the host's namespace; undefined if it has none there. */
  readonly link: InterfaceName | undefined;
  readonly driver: string | undefined;
  /** Bytes. */
  readonly mtu: number;
  readonly up: boolean;
}

/** What already uses a function. */
export type FunctionUser =
  | { readonly is: 'attachment'; readonly owner: Identity }
  /** A program, such as a VMM, has its IOMMU group open. */
  | { readonly is: 'program'; readonly pids: readonly number[] }
  /** Its interface is in another namespace, or sriov-cni has recorded that a pod has it. */
  | { readonly is: 'pod'; readonly netns: string | undefined }
  /** Its interface is in the host's namespace, and up. */
  | { readonly is: 'host'; readonly link: string };

/** A PCI function of the node. */
export interface PciFunction {
  readonly address: PciAddress;
  /** The driver that it is bound to. */
  readonly driver: string | undefined;
  /** The only driver that may bind to it (driver_override); undefined if any matching driver may. */
  readonly override: string | undefined;
  /** Its IOMMU group; undefined if the kernel has not made one. */
  readonly group: number | undefined;
  /** The other devices in that group, except PCI bridges. */
  readonly companions: readonly string[];
  /** undefined if this is not a virtual function. */
  readonly physical: PhysicalFunction | undefined;
  /** Its number among the virtual functions. */
  readonly number: number;
  /** What the driver of the physical function reports about it; undefined if nothing. */
  readonly row: FunctionRow | undefined;
  /** The MACs of the other virtual functions. */
  readonly otherMacs: readonly string[];
  readonly user: FunctionUser | undefined;
}

/** The driver that passes a function to a virtual machine. */
export const vfioDriver = 'vfio-pci';

/** The names of settings, in the order in which they are set. */
const settingNames = [
  'mac',
  'vlan',
  'vlanQoS',
  'vlanProto',
  'spoofchk',
  'trust',
  'linkState',
  'minTxRate',
  'maxTxRate',
] as const satisfies readonly (keyof FunctionRow)[];

/** The name of a setting. */
export type SettingName = (typeof settingNames)[number];

/** The settings that are asked for, by name. */
export function settingsIn(settings: FunctionSettings): readonly SettingName[] {
  return settingNames.filter((name) => settings[name] !== undefined);
}

/** The part of a row that these settings change. */
export function rowPart(row: FunctionRow, settings: FunctionSettings): FunctionSettings {
  return Object.fromEntries(settingsIn(settings).map((name) => [name, row[name]]));
}

/**
 * The requests that turn a row into what the settings ask for. VLAN and rate are one request each, so their unset
 * fields keep the row's values. Pure.
 */
export function changesTo(row: FunctionRow, settings: FunctionSettings): readonly FunctionChange[] {
  const differs = (...names: readonly SettingName[]): boolean =>
    names.some((name) => settings[name] !== undefined && settings[name] !== row[name]);
  const { vlan, vlanQoS, vlanProto, minTxRate, maxTxRate } = { ...row, ...settings };
  const { mac, spoofchk, trust, linkState } = settings;
  return [
    ...(mac !== undefined && differs('mac') ? [{ set: 'mac', mac } as const] : []),
    ...(differs('vlan', 'vlanQoS', 'vlanProto') ? [{ set: 'vlan', vlan, vlanQoS, vlanProto } as const] : []),
    ...(spoofchk !== undefined && differs('spoofchk') ? [{ set: 'spoofchk', to: spoofchk } as const] : []),
    ...(trust !== undefined && differs('trust') ? [{ set: 'trust', to: trust } as const] : []),
    ...(linkState !== undefined && differs('linkState') ? [{ set: 'linkState', to: linkState } as const] : []),
    ...(differs('minTxRate', 'maxTxRate') ? [{ set: 'rate', minTxRate, maxTxRate } as const] : []),
  ];
}

/** The names of the settings that a change is about. */
export function settingsOf({ set }: FunctionChange): readonly SettingName[] {
  if (set === 'vlan') return ['vlan', 'vlanQoS', 'vlanProto'];
  return set === 'rate' ? ['minTxRate', 'maxTxRate'] : [set];
}

/**
 * The settings to restore, given the row as it is now. A setting is restored only if it still has the value that was
 * set. Settings that someone has changed since are `foreign`, and stay.
 */
export function givenBack(
  now: FunctionRow,
  set: FunctionSettings,
  before: FunctionSettings,
): { readonly back: FunctionSettings; readonly foreign: readonly SettingName[] } {
  const names = settingsIn(set);
  const isForeign = (name: SettingName): boolean => now[name] !== set[name] && now[name] !== before[name];
  const back = names.filter((name) => !isForeign(name) && before[name] !== undefined);
  return { back: Object.fromEntries(back.map((name) => [name, before[name]])), foreign: names.filter(isForeign) };
}
