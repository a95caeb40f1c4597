import { readIfThere } from '../../../host/files.ts';
import { kernel } from '#kernel';
import { isObject } from '../../../json/object.ts';
import { kindOf, wantsOf } from '../../../kinds/kinds.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import type { Link } from '../../../model/link.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { answerOf } from '../../../node/programs.ts';
import { messageOf } from '../../../protocol/error.ts';

/** The bridge that a tap on the host is to be a port of. */
export interface BridgeFacts {
  readonly name: InterfaceName;
  /** The networks that name it without "ovs": it may also be one of Open vSwitch. */
  readonly networks: readonly string[];
  /** The host's link of that name; undefined: there is none. */
  readonly link: Link | undefined;
}

/** Looks at the bridges that networks name. A text: why that could not be done. */
export async function lookAtBridges(networks: readonly DanNetwork[]): Promise<readonly BridgeFacts[] | string> {
  const named = new Map<InterfaceName, Set<string>>();
  for (const { name, config } of networks) {
    // A kind that takes bridges of Open vSwitch alone is asked about there.
    if (config === undefined || kindOf(config.device).switches !== 'any') continue;
    const { bridge, database } = wantsOf(config.device);
    if (bridge !== null && database === undefined) named.set(bridge, (named.get(bridge) ?? new Set()).add(name));
  }
  try {
    const links = await kernel.readLinks([...named.keys()], 'host', { timeoutSeconds: 10 });
    return [...named].map(([name, by]) => ({
      name,
      networks: [...by],
      link: links.find((link) => link.name === name || link.altnames.includes(name)),
    }));
  } catch (error) {
    return messageOf(error);
  }
}

/** What the host's packet filter does with IP packets between two ports of one bridge. */
export interface Forwarding {
  readonly family: 4 | 6;
  /** The sysctl that gives it the frames of every bridge. */
  readonly sysctl: string;
  /** The command that shows the chain in which what no rule takes is dropped; undefined: none is known. */
  readonly dropsBy: string | undefined;
  /** The rules, as the program prints them. */
  readonly rules: readonly string[];
}

const families = [
  { family: 4, program: 'iptables', table: 'ip' },
  { family: 6, program: 'ip6tables', table: 'ip6' },
] as const;

/** Looks at what becomes of bridged frames. Where the packet filter does not get them, its rules are not read. */
export async function lookAtForwarding(): Promise<readonly Forwarding[]> {
  return await Promise.all(
    families.map(async ({ family, program, table }) => {
      const sysctl = `/proc/sys/net/bridge/bridge-nf-call-${program}`;
      const isCalled = readIfThere(sysctl)?.trim() === '1';
      const chain = isCalled ? ((await byNft(table)) ?? (await byIptables(program, table))) : undefined;
      return { family, sysctl, dropsBy: chain?.dropsBy, rules: chain?.rules ?? [] };
    }),
  );
}

type Chain = Pick<Forwarding, 'dropsBy' | 'rules'>;

async function byNft(table: 'ip' | 'ip6'): Promise<Chain | undefined> {
  const answer = await answerOf('nft', '-j', 'list', 'chains');
  const dropping = answer === undefined ? undefined : droppingChain(answer, table);
  if (dropping === undefined) return undefined;
  const words = ['list', 'chain', dropping.family, dropping.table, dropping.name];
  const rules = (await answerOf('nft', ...words)) ?? '';
  return { dropsBy: `nft ${words.join(' ')}`, rules: rules.split('\n').map((line) => line.trim()) };
}

/** A chain of nftables. */
interface NamedChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

/** The chain that drops what is forwarded and no rule takes, in the answer of `nft -j list chains`. Pure. */
export function droppingChain(answer: string, table: 'ip' | 'ip6'): NamedChain | undefined {
  const parsed: unknown = JSON.parse(answer);
  const entries: readonly unknown[] = isObject(parsed) && Array.isArray(parsed['nftables']) ? parsed['nftables'] : [];
  for (const entry of entries) {
    const chain = isObject(entry) && isObject(entry['chain']) ? entry['chain'] : {};
    const { family, hook, policy, table: inTable, name } = chain;
    if (hook !== 'forward' || policy !== 'drop' || (family !== table && family !== 'inet')) continue;
    return { family: String(family), table: String(inTable), name: String(name) };
  }
  return undefined;
}

// The legacy kind makes its table when it is asked for it, which is more than looking.
async function byIptables(program: 'ip6tables' | 'iptables', table: 'ip' | 'ip6'): Promise<Chain | undefined> {
  const version = await answerOf(program, '-V');
  const isLegacy = version?.includes('legacy') === true;
  const hasTable = /^filter$/m.test(readIfThere(`/proc/net/${table}_tables_names`) ?? '');
  if (version === undefined || (isLegacy && !hasTable)) return undefined;
  const rules = (await answerOf(program, '-S', 'FORWARD'))?.trim().split('\n') ?? [];
  return { dropsBy: rules.includes('-P FORWARD DROP') ? `${program} -S FORWARD` : undefined, rules };
}
