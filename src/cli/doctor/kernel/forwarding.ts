import { run } from '../../../host/command.ts';
import { readIfThere } from '../../../host/files.ts';
import { findProgram } from '../../../host/tools.ts';
import { isObject } from '../../../json/object.ts';

/** What the host's packet filter does with IP packets between two ports of one bridge. */
export interface Forwarding {
  readonly family: 4 | 6;
  /** The sysctl that gives it the frames of every bridge. */
  readonly sysctl: string;
  /** That is on. */
  readonly isCalled: boolean;
  /** Where what no rule takes is dropped, like "iptables -S FORWARD"; undefined: nowhere that is known. */
  readonly dropsBy: string | undefined;
  /** The rules, as the program prints them. */
  readonly rules: readonly string[];
}

const families = [
  { family: 4, program: 'iptables', table: 'ip' },
  { family: 6, program: 'ip6tables', table: 'ip6' },
] as const;

/** Looks at what becomes of bridged frames; of what is not called at bridges, nothing is read. */
export async function lookAtForwarding(): Promise<readonly Forwarding[]> {
  return await Promise.all(
    families.map(async ({ family, program, table }) => {
      const sysctl = `/proc/sys/net/bridge/bridge-nf-call-${program}`;
      const isCalled = readIfThere(sysctl)?.trim() === '1';
      const chain = isCalled ? ((await byNft(table)) ?? (await byIptables(program, table))) : undefined;
      return { family, sysctl, isCalled, dropsBy: chain?.dropsBy, rules: chain?.rules ?? [] };
    }),
  );
}

interface Chain {
  readonly dropsBy: string | undefined;
  readonly rules: readonly string[];
}

async function byNft(table: 'ip' | 'ip6'): Promise<Chain | undefined> {
  const answer = await output('nft', ['-j', 'list', 'chains']);
  const dropping = answer === undefined ? undefined : droppingChain(answer, table);
  if (dropping === undefined) return undefined;
  const rules = await output('nft', ['list', 'chain', dropping.family, dropping.table, dropping.name]);
  const dropsBy = `nft list chain ${dropping.family} ${dropping.table} ${dropping.name}`;
  return { dropsBy, rules: (rules ?? '').split('\n').map((line) => line.trim()) };
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

// The old kind makes its table when it is asked for it, which is more than looking.
async function byIptables(program: 'ip6tables' | 'iptables', table: 'ip' | 'ip6'): Promise<Chain | undefined> {
  const version = await output(program, ['-V']);
  if (version === undefined) return undefined;
  if (version.includes('legacy') && !/^filter$/m.test(readIfThere(`/proc/net/${table}_tables_names`) ?? '')) {
    return undefined;
  }
  const rules = (await output(program, ['-S', 'FORWARD']))?.trim().split('\n') ?? [];
  return { dropsBy: rules.includes('-P FORWARD DROP') ? `${program} -S FORWARD` : undefined, rules };
}

async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  const path = findProgram(program, { root: '/' });
  if (path === undefined) return undefined;
  try {
    const { exitCode, stdout } = await run(path, args, { timeoutSeconds: 5 });
    return exitCode === 0 ? stdout : undefined;
  } catch {
    return undefined;
  }
}
