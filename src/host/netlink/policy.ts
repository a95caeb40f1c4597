import { readInt32, readUint32BE, readUint8, writeUint8 } from '#bytes';
import type { PodPolicy, PolicyRule } from '../../model/pod-view.ts';
import { exists, readIfThere } from '../files.ts';
import type { Kernel } from '../kernel.ts';
import { iptablesFiles, linkParameters, parameterName } from '../policy-sources.ts';
import { addressText } from './address-text.ts';
import { getLink } from './links.ts';
import { linkHeaderLength } from './link-attributes.ts';
import { numberAt } from './marks.ts';
import { askForAll, find, type Message, type Request, textIn, uint32At } from './message.ts';
import { tableText } from './names.ts';
import { inPlaces } from './places.ts';
import { errors, Refusal } from './refusal.ts';
import { Netlink } from './socket.ts';

/** Reads what else in the pod's namespace decides what becomes of the packets of a link. */
export const readPolicy: Kernel['readPolicy'] = (link, site) =>
  inPlaces(site, `tell of rules and parameters for ${link} in the pod's namespace`, (places): PodPolicy => {
    const socket = places.socket('pod');
    const own = socket.ask(getLink(link))[0];
    const [loopback] = socket.ask(getLink('lo'));
    const index = own === undefined ? 0 : readInt32(own.body, 4);
    return {
      rules: socket.askForAll(getRules()).flatMap(toRule),
      proxied: socket.askForAll(getProxied()).flatMap((message) => toProxied(message, index)),
      parameters: own === undefined || loopback === undefined ? [] : changedParameters(link, own, loopback),
      ...places.within('pod', () => ({ nftables: readNftables(site.timeoutSeconds), iptables: readIptables() })),
    };
  });

/** RTM_NEWRULE and RTM_GETRULE, RTM_NEWNEIGH and RTM_GETNEIGH of linux/rtnetlink.h. */
const ruleMessages = { make: 32, get: 34 } as const;
const neighborMessages = { make: 28, get: 30 } as const;

/** Bytes of struct fib_rule_hdr, and FRA_… of linux/fib_rules.h. */
const ruleHeader = 12;
const ruleAttributes = { priority: 6, table: 15 } as const;

/** FR_ACT_… of linux/fib_rules.h. */
const ruleActions: Readonly<Record<number, string>> = {
  1: 'lookup',
  2: 'goto',
  3: 'nop',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
};

/** AF_INET and AF_INET6 of sys/socket.h. */
const families: Readonly<Record<number, 4 | 6>> = { 2: 4, 10: 6 };

function getRules(): Request {
  return askForAll(ruleMessages.get, new Uint8Array(ruleHeader));
}

// Those that lead to the tables that every namespace has say nothing.
function toRule({ type, body }: Message): readonly PolicyRule[] {
  const family = families[readUint8(body, 0)];
  if (type !== ruleMessages.make || family === undefined) return [];
  const action = ruleActions[readUint8(body, 7)] ?? 'other';
  const number = uint32At(find(body, ruleAttributes.table, ruleHeader)) ?? readUint8(body, 4);
  const table = action === 'lookup' ? tableText(number) : undefined;
  if (table === 'local' || table === 'main') return [];
  return [{ family, action, table, priority: uint32At(find(body, ruleAttributes.priority, ruleHeader)) ?? 0 }];
}

/** Bytes of struct ndmsg, NTF_PROXY and NDA_DST of linux/neighbour.h. */
const neighborHeader = 12;
const isProxy = 0x8;
const proxiedAddress = 1;

function getProxied(): Request {
  const body = new Uint8Array(neighborHeader);
  writeUint8(body, isProxy, 10);
  return askForAll(neighborMessages.get, body);
}

function toProxied({ type, body }: Message, link: number): readonly string[] {
  const address = find(body, proxiedAddress, neighborHeader);
  const isOne = type === neighborMessages.make && (readUint8(body, 10) & isProxy) !== 0;
  return isOne && address !== undefined && [0, link].includes(readInt32(body, 4)) ? [addressText(address)] : [];
}

/** IFLA_AF_SPEC of linux/if_link.h; in it, by AF_…, IFLA_INET_CONF and IFLA_INET6_CONF. */
const ofFamilies = 26;
const confOf = { ipv4: { family: 2, conf: 1 }, ipv6: { family: 10, conf: 2 } } as const;

function changedParameters(link: string, own: Message, loopback: Message): readonly string[] {
  const confIn = ({ body }: Message, of: 'ipv4' | 'ipv6'): Uint8Array | undefined => {
    const spec = find(body, ofFamilies, linkHeaderLength);
    const inFamily = spec && find(spec, confOf[of].family);
    return inFamily && find(inFamily, confOf[of].conf);
  };
  return (['ipv4', 'ipv6'] as const).flatMap((of) => {
    const [mine, usual] = [confIn(own, of), confIn(loopback, of)];
    return linkParameters[of]
      .filter(({ at }) => mine !== undefined && numberAt(mine, at) !== numberAt(usual, at))
      .map(({ name }) => parameterName(of, link, name));
  });
}

/** NETLINK_NETFILTER of linux/netlink.h, and NFNL_SUBSYS_NFTABLES of linux/netfilter/nfnetlink.h. */
const netfilter = 12;
const nftables = 10 << 8;

/** NFT_MSG_… of linux/netfilter/nf_tables.h. */
const nftMessages = { newChain: nftables | 3, getChain: nftables | 4, newRule: nftables | 6, getRule: nftables | 7 };

/** Bytes of struct nfgenmsg; NFTA_CHAIN_TABLE and NFTA_RULE_TABLE, NFTA_CHAIN_POLICY; NF_DROP of linux/netfilter.h. */
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

/** What a kernel without nftables answers. */
const withoutNftables: ReadonlySet<number> = new Set([
  errors.missing,
  errors.invalid,
  errors.unknownProtocol,
  errors.notSupported,
]);

// The kernel would load the module at the first question, on a node that has no rules without it.
function readNftables(timeoutSeconds: number): readonly string[] {
  if (!exists('/sys/module/nf_tables') && exists('/proc/modules')) return [];
  const found = new Set<string>();
  try {
    const socket = new Netlink(timeoutSeconds, netfilter);
    try {
      for (const message of [
        ...socket.askForAll(askForAll(nftMessages.getRule, new Uint8Array(nftHeader))),
        ...socket.askForAll(askForAll(nftMessages.getChain, new Uint8Array(nftHeader))),
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
  const filters = type === nftMessages.newRule || (policy !== undefined && readUint32BE(policy, 0) === drops);
  return filters ? `${nftFamilies[readUint8(body, 0)] ?? String(readUint8(body, 0))} ${textIn(table)}` : undefined;
}

function readIptables(): readonly string[] {
  const there = iptablesFiles.flatMap((file) => (readIfThere(file) ?? '').split('\n'));
  return [...new Set(there.filter((name) => name !== ''))];
}
