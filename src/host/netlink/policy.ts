import { readInt32, readUint32, readUint8, words } from '#bytes';
import type { PodPolicy, PolicyRule } from '../../model/pod-view.ts';
import { exists, readIfThere } from '../files.ts';
import type { Kernel } from '../kernel.ts';
import { iptablesFiles } from '../policy-sources.ts';
import { errno } from '../system/errno.ts';
import { addressText } from './address-text.ts';
import { askForAll, find, type Message, type Request, textIn, uint32At } from './message.ts';
import { nameOf } from './names.ts';
import { fra, headerLengths, ipVersions, isProxy, nda, rtm } from './numbers.ts';
import { inPlaces } from './places.ts';
import { Refusal } from './refusal.ts';
import { Netlink } from './socket.ts';

/** Reads what else in the pod's namespace affects the packets of a link. */
export const readPolicy: Kernel['readPolicy'] = (link, site) =>
  inPlaces(site, `list the rules for ${link} in the pod's namespace`, (places): PodPolicy => {
    const socket = places.socket('pod');
    const proxied = socket.askForAll(getProxied());
    // Few namespaces have proxied addresses.
    const index = proxied.length === 0 ? 0 : (socket.indexOf(link) ?? 0);
    return {
      rules: socket.askForAll(askForAll(rtm.rule.get, words(0, 0, 0))).flatMap(toRule),
      proxied: proxied.flatMap((message) => toProxied(message, index)),
      ...places.within('pod', () => ({ nftables: readNftables(site.timeoutSeconds), iptables: readIptables() })),
    };
  });

/** FR_ACT_… of linux/fib_rules.h. */
const ruleActions: Readonly<Record<number, string>> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};

// Rules for the tables that every namespace has are left out.
function toRule({ type, body }: Message): readonly PolicyRule[] {
  const family = ipVersions[readUint8(body, 0)];
  if (type !== rtm.rule.make || family === undefined) return [];
  const action = ruleActions[readUint8(body, 7)] ?? 'other';
  const number = uint32At(find(body, fra.table, headerLengths.rule)) ?? readUint8(body, 4);
  const table = action === 'lookup' ? nameOf('table', number) : undefined;
  if (table === 'local' || table === 'main') return [];
  return [{ family, action, table, priority: uint32At(find(body, fra.priority, headerLengths.rule)) ?? 0 }];
}

// struct ndmsg, with its flags in the last word.
function getProxied(): Request {
  return askForAll(rtm.neighbor.get, words(0, 0, isProxy << 16));
}

function toProxied({ type, body }: Message, link: number): readonly string[] {
  const address = find(body, nda.address, headerLengths.neighbor);
  const isOne = type === rtm.neighbor.make && (readUint8(body, 10) & isProxy) !== 0;
  return isOne && address !== undefined && [0, link].includes(readInt32(body, 4)) ? [addressText(address)] : [];
}

/** NETLINK_NETFILTER of linux/netlink.h, and NFNL_SUBSYS_NFTABLES of linux/netfilter/nfnetlink.h. */
const netfilter = 12;
const nftables = 10 << 8;

/** NFT_MSG_… of linux/netfilter/nf_tables.h. */
const nftMessages = { newChain: nftables | 3, getChain: nftables | 4, newRule: nftables | 6, getRule: nftables | 7 };

/** Length of struct nfgenmsg; NFTA_CHAIN_TABLE and NFTA_RULE_TABLE, NFTA_CHAIN_POLICY; NF_DROP of linux/netfilter.h. */
const nftHeader = 4;
const [nftTable, chainPolicy] = [1, 5];
const drops = 0;

/** NFPROTO_… of linux/netfilter.h, as `nft` names them. */
const nftFamilies: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

/** The answers of a kernel without nftables. */
const withoutNftables: ReadonlySet<number> = new Set([
  errno.ENOENT,
  errno.EINVAL,
  errno.EPROTONOSUPPORT,
  errno.EOPNOTSUPP,
]);

// The first request would make the kernel load the module. Without the module, the node has no rules.
function readNftables(timeoutSeconds: number): readonly string[] {
  if (!exists('/sys/module/nf_tables') && exists('/proc/modules')) return [];
  const found = new Set<string>();
  try {
    const socket = new Netlink(timeoutSeconds, netfilter);
    try {
      for (const message of [
        ...socket.askForAll(askForAll(nftMessages.getRule, words(0))),
        ...socket.askForAll(askForAll(nftMessages.getChain, words(0))),
      ]) {
        const table = toFilteringTable(message);
        if (table !== undefined) found.add(table);
      }
    } finally {
      socket.close();
    }
  } catch (error) {
    if (!(error instanceof Refusal && withoutNftables.has(error.errno))) throw error;
  }
  return [...found];
}

function toFilteringTable({ type, body }: Message): string | undefined {
  const table = find(body, nftTable, nftHeader);
  if (table === undefined) return undefined;
  const policy = find(body, chainPolicy, nftHeader);
  const filters = type === nftMessages.newRule || (policy !== undefined && readUint32(policy, 0) === drops);
  return filters ? `${nftFamilies[readUint8(body, 0)] ?? String(readUint8(body, 0))} ${textIn(table)}` : undefined;
}

function readIptables(): readonly string[] {
  const there = iptablesFiles.flatMap((file) => (readIfThere(file) ?? '').split('\n'));
  return [...new Set(there.filter((name) => name !== ''))];
}
