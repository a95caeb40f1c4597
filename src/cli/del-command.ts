import { typeOf } from '../config/conf-list.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import { kataNetworkName } from '../kata-network/interfaces.ts';
import { dirname, join } from '../model/path.ts';
import type { InventoryItem } from '../node/attachments/join.ts';
import type { CniFacts } from '../node/cni/facts.ts';
import { shellWord } from '../command/shell-word.ts';

/**
 * How to remove what is left of an attachment: a sentence, then on a line of its own, for each plugin of its network, a
 * shell command that does what the runtime's own DEL would do. The configurations come from the network's file on the
 * node. If there is none, the commands use the record and the places where parts were found. If there is no record
 * either, the text says what an IPAM plugin still has to release, because dan does not know the plugin. Pure.
 */
export function removal(item: InventoryItem, cni: CniFacts): string {
  const { identity, entry, links, record } = item;
  const { network, sandbox, ifname } = identity;
  if (network === kataNetworkName) {
    const command = `echo ${shellWord(JSON.stringify({ name: ifname }))} | dan kata-network del-iface ${shellWord(sandbox)}`;
    return `remove what is left:\n    ${command}`;
  }
  const found = cni.networks.find(({ name }) => name === network);
  const variables = {
    CNI_COMMAND: 'DEL',
    CNI_CONTAINERID: sandbox,
    CNI_NETNS: record?.netns ?? links.find((link) => link.netns !== undefined)?.netns ?? '',
    CNI_IFNAME: ifname,
    CNI_PATH: cni.binDirs.join(':'),
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${shellWord(value)}`);
  const commands = (found?.plugins ?? [{ type: 'dan' }]).toReversed().map((plugin) => {
    const type = typeOf(plugin);
    const config = { ...plugin, ...(type === 'dan' ? whatIsSeen(item) : {}), cniVersion: '1.0.0', name: network };
    const program = [cni.dan, ...cni.others].find((file) => file.type === type)?.path ?? inFirst(cni, type);
    return `    printf %s ${shellWord(JSON.stringify(config))} | ${words.join(' ')} ${shellWord(program)}`;
  });
  const addresses = addressesIn(entry?.entry ?? {});
  const isUnknown = found === undefined && record === undefined;
  const held = addresses.length === 0 ? 'its addresses' : `the addresses ${addresses.join(', ')}`;
  const warning =
    `. The configuration of network ${network} is in no file of this node: put its "ipam", if it has one, into the ` +
    `command, or ${held} stay taken with its IPAM plugin`;
  return [`remove what is left${isUnknown ? warning : ''}:`, ...commands].join('\n');
}

/** The addresses of an entry, which someone may have edited arbitrarily. */
export function addressesIn({ network_info: info }: JsonObject): readonly string[] {
  const { interface: guest } = isObject(info) ? info : {};
  const { ip_addresses: addresses } = isObject(guest) ? guest : {};
  return Array.isArray(addresses) ? addresses.filter((address) => typeof address === 'string') : [];
}

// DEL looks for a switch only if there is a bridge.
function whatIsSeen({ entry, port }: InventoryItem): JsonObject {
  return {
    ...(port?.bridge === undefined ? {} : { bridge: port.bridge, ovs: { db: port.database } }),
    ...(entry === undefined ? {} : { danConf: dirname(entry.file) }),
  };
}

function inFirst({ binDirs: [directory] }: CniFacts, type: string): string {
  return directory === undefined || type === 'dan' ? type : join(directory, type);
}
