import { type KindName, wantsOf } from '../../../kinds/kinds.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import { defaultOvsDatabase, type OvsBridge, type OvsDatabase } from '../../../model/ovs.ts';
import type { NodeFacts } from '../node.ts';
import type { SwitchView } from './switch-view.ts';

/** A bridge of an Open vSwitch that networks with one kind of device name. */
export interface UsedBridge {
  readonly name: InterfaceName;
  readonly device: KindName;
  readonly networks: readonly string[];
  readonly database: OvsDatabase;
  readonly view: SwitchView;
  /** undefined: the switch has none of that name. */
  readonly bridge: OvsBridge | undefined;
}

/**
 * The bridges that networks name, each once for a kind of device, where their database answers. One that a network names
 * without "ovs" counts where the switch at the default place has it. Pure.
 */
export function usedBridges({ cni, ovs }: NodeFacts): readonly UsedBridge[] {
  const used = new Map<string, UsedBridge>();
  for (const { name: network, config } of cni.networks) {
    if (config === undefined) continue;
    const { bridge: name, database: asked } = wantsOf(config.device);
    const database = asked ?? defaultOvsDatabase;
    const view = ovs.switches.find((one) => one.database === database)?.view;
    if (name === null || view === undefined || typeof view === 'string') continue;
    const bridge = view.bridges.find((one) => one.name === name);
    if (asked === undefined && bridge === undefined) continue;
    const { device } = config.device;
    const key = [database, name, device].join(' ');
    const networks = [...(used.get(key)?.networks ?? []), network];
    used.set(key, { name, device, networks: [...new Set(networks)], database, view, bridge });
  }
  return [...used.values()];
}
