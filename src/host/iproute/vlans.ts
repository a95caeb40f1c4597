import type { InterfaceName } from '../../model/interface-name.ts';
import type { PortVlan } from '../../model/vlan.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { numberOf } from './json.ts';
import { runForJson } from './read.ts';
import { commandIn, type Site } from '../site.ts';

/** Reads the VLANs of a bridge's port, with one `bridge` process. */
export async function readVlans(port: InterfaceName, site: Site): Promise<readonly PortVlan[]> {
  const [path, args, options] = commandIn('host', site, 'bridge', ['-j', 'vlan', 'show', 'dev', port]);
  const answers = await runForJson(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  return toVlans(answers.flat());
}

/** Reads the answer of `bridge -j vlan show`. */
export function toVlans(answer: readonly JsonObject[]): readonly PortVlan[] {
  return answer.flatMap(({ vlans }) => (Array.isArray(vlans) ? vlans : []).filter(isObject).map(toVlan));
}

function toVlan({ vlan, vlanEnd, flags }: JsonObject): PortVlan {
  const first = numberOf(vlan);
  const set: readonly unknown[] = Array.isArray(flags) ? flags : [];
  const untagged = set.includes('PVID') && set.includes('Egress Untagged');
  return { first, last: vlanEnd === undefined ? first : numberOf(vlanEnd), untagged };
}
