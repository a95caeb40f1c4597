import { readIfThere } from '../../../host/files.ts';
import { countPorts } from '../../../host/sysfs.ts';
import { kernel } from '#kernel';
import { elementsIn, objectIn } from '../../../json/object.ts';
import { kindOf, wantsOf } from '../../../kinds/kinds.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import type { Link } from '../../../model/link.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { answerOf } from '../../../node/programs.ts';
import { messageOf } from '../../../json/thrown.ts';

/** A bridge that taps on the host are attached to. */
export interface BridgeFacts {
  readonly name: InterfaceName;
  /** The networks that name it without "ovs", so it may also be an Open vSwitch bridge. */
  readonly networks: readonly string[];
  /** Those of them whose ports do not send a frame back out of the port on which it came in. */
  readonly withoutHairpin: readonly string[];
  /** The host's link of that name; undefined if there is none. */
  readonly link: Link | undefined;
  /** How many ports it has. */
  readonly ports: number;
}

/** Looks at the bridges that networks name. Returns a text if that failed: the reason. */
export async function lookAtBridges(networks: readonly DanNetwork[]): Promise<readonly BridgeFacts[] | string> {
  const named = new Map<InterfaceName, Set<string>>();
  const hairpins = networks.flatMap(({ name, document }) => (document['hairpinMode'] === true ? [name] : []));
  for (const { name, config } of networks) {
    // Kinds that use only Open vSwitch bridges are checked elsewhere.
    if (config === undefined || kindOf(config.device).switches !== 'any') continue;
    const { bridge, database } = wantsOf(config.device);
    if (bridge !== null && database === undefined) named.set(bridge, (named.get(bridge) ?? new Set()).add(name));
  }
  try {
    const links = await kernel.readLinks([...named.keys()], 'host', { timeoutSeconds: 10 });
    return [...named].map(([name, by]) => {
      const link = links.find((one) => one.name === name || one.altnames.includes(name));
      return {
        ...{ name, networks: [...by], link },
        withoutHairpin: [...by].filter((network) => !hairpins.includes(network)),
        ports: link === undefined ? 0 : countPorts(link.name as InterfaceName),
      };
    });
  } catch (error) {
    return messageOf(error);
  }
}

/** How the host's packet filter treats IP packets between two ports of one bridge. */
export interface Forwarding {
  readonly family: 4 | 6;
  /** The sysctl that sends the frames of every bridge to it. */
  readonly sysctl: string;
  /** The command that shows the chain that drops unmatched packets; undefined if none is known. */
  readonly dropsBy: string | undefined;
  /** The rules, as the program prints them. */
  readonly rules: readonly string[];
  /** The programs whose rules forward packets for a Service, or for a port of the host, to a pod. */
  readonly translators: readonly string[];
}

const families = [
  { family: 4, program: 'iptables', table: 'ip' },
  { family: 6, program: 'ip6tables', table: 'ip6' },
] as const;

/** Finds out what happens to bridged frames. If the packet filter does not get them, its rules are not read. */
export async function lookAtForwarding(): Promise<readonly Forwarding[]> {
  return await Promise.all(
    families.map(async ({ family, program, table }) => {
      const sysctl = `/proc/sys/net/bridge/bridge-nf-call-${program}`;
      const isCalled = readIfThere(sysctl)?.trim() === '1';
      if (!isCalled) return { family, sysctl, dropsBy: undefined, rules: [], translators: [] };
      const chains = await answerOf('nft', '-j', 'list', 'chains');
      const { dropsBy, rules } =
        (await byNft(chains, table)) ?? (await byIptables(program, table, ...forwards)) ?? none;
      const nat = await byIptables(program, table, ...translates);
      const translators = translatorsIn([...chainsIn(chains, table).map(nameOf), ...(nat?.rules ?? [])].join('\n'));
      return { family, sysctl, dropsBy, rules, translators };
    }),
  );
}

type Chain = Pick<Forwarding, 'dropsBy' | 'rules'>;

const none: Chain = { dropsBy: undefined, rules: [] };

/** Tables of iptables, and their chains. */
const forwards = ['filter', 'FORWARD'] as const;
const translates = ['nat', 'PREROUTING'] as const;

/** Names of chains, or of nftables tables, that identify the programs whose rules forward packets to a pod. */
const translators = [
  ['kube-proxy', /\bKUBE-SERVICES\b|^kube-proxy /m],
  ['portmap', /\bCNI-HOSTPORT-DNAT\b|^cni_hostport /m],
] as const;

/** The programs that forward packets to a pod, recognized in names of chains and rules, one a line. Pure. */
export function translatorsIn(text: string): readonly string[] {
  return translators.flatMap(([who, pattern]) => (pattern.test(text) ? [who] : []));
}

async function byNft(answer: string | undefined, table: 'ip' | 'ip6'): Promise<Chain | undefined> {
  const dropping = droppingChain(answer, table);
  if (dropping === undefined) return undefined;
  const words = ['list', 'chain', dropping.family, dropping.table, dropping.name];
  const rules = (await answerOf('nft', ...words)) ?? '';
  return { dropsBy: `nft ${words.join(' ')}`, rules: rules.split('\n').map((line) => line.trim()) };
}

/** An nftables chain. */
interface NamedChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
}

/** The chain that drops unmatched forwarded packets, in the answer of `nft -j list chains`. Pure. */
export function droppingChain(answer: string | undefined, table: 'ip' | 'ip6'): NamedChain | undefined {
  return chainsIn(answer, table).find(({ hook, policy }) => hook === 'forward' && policy === 'drop');
}

function chainsIn(
  answer: string | undefined,
  ofFamily: 'ip' | 'ip6',
): readonly (NamedChain & { readonly hook: unknown; readonly policy: unknown })[] {
  const parsed: unknown = answer === undefined ? {} : JSON.parse(answer);
  return elementsIn(objectIn(parsed)['nftables'])
    .map((entry) => objectIn(objectIn(entry)['chain']))
    .filter(({ family }) => family === ofFamily || family === 'inet')
    .map(({ family, table, name, hook, policy }) => ({
      ...{ family: String(family), table: String(table), name: String(name), hook, policy },
    }));
}

function nameOf({ table, name }: NamedChain): string {
  return `${table} ${name}`;
}

// The legacy iptables creates a table when it reads it, so it is not run for a table that does not exist.
async function byIptables(
  program: 'ip6tables' | 'iptables',
  family: 'ip' | 'ip6',
  table: string,
  chain: string,
): Promise<Chain | undefined> {
  const version = await answerOf(program, '-V');
  const isLegacy = version?.includes('legacy') === true;
  const hasTable = readIfThere(`/proc/net/${family}_tables_names`)?.split('\n').includes(table) === true;
  if (version === undefined || (isLegacy && !hasTable)) return undefined;
  const rules = (await answerOf(program, '-t', table, '-S', chain))?.trim().split('\n') ?? [];
  return { dropsBy: rules.includes(`-P ${chain} DROP`) ? `${program} -S ${chain}` : undefined, rules };
}
