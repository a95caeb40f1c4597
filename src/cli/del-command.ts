import { kataNetworkName } from '../kata-network/interfaces.ts';
import { dirname } from '../model/path.ts';
import type { InventoryItem } from '../node/attachments/join.ts';
import type { CniFacts } from '../node/cni/facts.ts';

/**
 * The shell command that detaches what is left of an attachment, as the runtime's own DEL would. Its configuration is what
 * the network's file on the node says, as far as there is one; the record and the places where parts were seen say the
 * rest. Pure.
 */
export function delCommand({ identity, entry, links, port, record }: InventoryItem, cni: CniFacts): string {
  const { network, sandbox, ifname } = identity;
  if (network === kataNetworkName) {
    return `echo ${quoted(JSON.stringify({ name: ifname }))} | dan kata-network del-iface ${quoted(sandbox)}`;
  }
  const config = {
    ...cni.networks.find(({ name }) => name === network)?.document,
    cniVersion: '1.0.0',
    name: network,
    type: 'dan',
    // DEL looks for a switch only where there is a bridge.
    ...(port?.bridge === undefined ? {} : { bridge: port.bridge, ovs: { db: port.database } }),
    ...(entry === undefined ? {} : { danConf: dirname(entry.file) }),
  };
  const variables = {
    CNI_COMMAND: 'DEL',
    CNI_CONTAINERID: sandbox,
    CNI_NETNS: record?.netns ?? links.find((link) => link.netns !== undefined)?.netns ?? '',
    CNI_IFNAME: ifname,
    CNI_PATH: cni.binDirs.join(':'),
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${quoted(value)}`);
  return `printf %s ${quoted(JSON.stringify(config))} | ${words.join(' ')} ${quoted(cni.dan.path ?? 'dan')}`;
}

// A word that needs no quotes has none, so that the command stays readable.
function quoted(word: string): string {
  return /^[\w./:@%+-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
