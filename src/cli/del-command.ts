import { kataNetworkName } from '../kata-network/interfaces.ts';
import { dirname } from '../model/path.ts';
import type { InventoryItem } from '../node/attachments/join.ts';
import type { CniFacts } from '../node/cni/facts.ts';

/** What a DEL without a record goes by, beside the names. */
const keys = ['device', 'bridge', 'ovs', 'danConf', 'kataConfig', 'socketDir', 'ipam'] as const;

/** The shell command that detaches what is left of an attachment, as the runtime's own DEL would. Pure. */
export function delCommand(item: InventoryItem, cni: CniFacts): string {
  if (item.identity.network === kataNetworkName) {
    const { sandbox, ifname } = item.identity;
    return `echo ${quoted(JSON.stringify({ name: ifname }))} | dan kata-network del-iface ${quoted(sandbox)}`;
  }
  const { identity, entry, links, port, record } = item;
  const { network, sandbox, ifname } = identity;
  const document = cni.networks.find(({ name }) => name === network)?.document ?? {};
  const known = keys.filter((key) => document[key] !== undefined).map((key) => [key, document[key]] as const);
  const danConf = entry === undefined ? {} : { danConf: dirname(entry.file) };
  // Only with a bridge a DEL looks for a switch.
  const ovs = port?.bridge === undefined ? {} : { bridge: port.bridge, ovs: { db: port.database } };
  const config = { cniVersion: '1.0.0', name: network, type: 'dan', ...Object.fromEntries(known), ...ovs, ...danConf };
  const netns = record?.netns ?? links.find((link) => link.netns !== undefined)?.netns ?? '';
  const variables = {
    CNI_COMMAND: 'DEL',
    CNI_CONTAINERID: sandbox,
    CNI_NETNS: netns,
    CNI_IFNAME: ifname,
    CNI_PATH: cni.binDirs.join(':'),
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${quoted(value)}`);
  return `printf %s ${quoted(JSON.stringify(config))} | ${words.join(' ')} ${quoted(cni.dan.path ?? 'dan')}`;
}

// What needs none is left without quotes, so that it stays readable.
function quoted(word: string): string {
  return /^[\w./:@%+-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
