import type { InterfaceName } from './interface-name.ts';

/** One change of the kernel's network, as data: devices state lists of them, `host` carries them out in order. */
export type Operation =
  | {
      readonly op: 'tap-add';
      readonly name: InterfaceName;
      readonly multiQueue: boolean;
      /** User id that may open the tap; left out, the owner stays unset. */
      readonly owner?: number;
      readonly group?: number;
    }
  | {
      readonly op: 'link-set';
      readonly name: InterfaceName;
      readonly address?: string;
      /** Bytes. */
      readonly mtu?: number;
      readonly alias?: string;
    }
  | { readonly op: 'altname-add'; readonly name: InterfaceName; readonly altname: string }
  | { readonly op: 'ipv6-off'; readonly name: InterfaceName }
  | { readonly op: 'master'; readonly name: InterfaceName; readonly master: InterfaceName }
  | { readonly op: 'vlan-del'; readonly name: InterfaceName; readonly vlan: number }
  | { readonly op: 'vlan-add'; readonly name: InterfaceName; readonly vlans: VlanRange; readonly untagged: boolean }
  | { readonly op: 'up'; readonly name: InterfaceName }
  /** `name` may be an altname. */
  | { readonly op: 'link-del'; readonly name: string };

/** VLAN ids from `first` to `last`, both included, 1 to 4094. */
export interface VlanRange {
  readonly first: number;
  readonly last: number;
}
