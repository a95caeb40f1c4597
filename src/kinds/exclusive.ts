import type { InterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import type { Exclusive } from './device.ts';

/** What a fixed MAC is exclusive about: its bridge. A derived one is nobody else's. */
export function macOnBridge(mac: Mac | undefined, bridge: InterfaceName | undefined): readonly Exclusive[] {
  return mac === undefined || bridge === undefined ? [] : [{ of: 'mac', bridge }];
}
