import type { Check, Observation } from '../finding.ts';
import type { NodeFacts } from '../node.ts';
import { linuxBridges } from './bridge-checks.ts';
import type { BridgeFacts } from './bridges.ts';
import { naming } from './demand.ts';
import type { Forwarding } from './forwarding.ts';

/** Whether the host's packet filter lets pods of one bridge reach each other. */
export const forwardingChecks: readonly Check<NodeFacts>[] = [
  {
    id: 'kernel-bridge-netfilter',
    fine: 'the host’s packet filter lets frames between ports of a bridge pass',
    why:
      'With br_netfilter, IP packets that a bridge only hands from port to port pass the host’s FORWARD chain: where that ' +
      'drops what no rule takes, as it does with Docker, pods reach neither each other nor what is behind the bridge.',
    unasked,
    look: (facts) =>
      linuxBridges(facts).flatMap((bridge) =>
        (facts.kernel.forwarding ?? []).flatMap((forwarding) => dropped(bridge, forwarding)),
      ),
  },
];

function dropped(
  { name, networks }: BridgeFacts,
  { family, sysctl, dropsBy, rules }: Forwarding,
): readonly Observation[] {
  if (dropsBy === undefined || rules.some((rule) => accepts(rule, name))) return [];
  const program = family === 4 ? 'iptables' : 'ip6tables';
  const key = sysctl.slice('/proc/sys/'.length).replaceAll('/', '.');
  return [
    {
      severity: 'warning',
      seen:
        `${key} is 1, "${dropsBy}" drops what no rule takes, and none is about the bridge ${name} of ` +
        naming(networks),
      cure:
        `"${program} -I FORWARD -i ${name} -o ${name} -j ACCEPT"; or "sysctl ${key}=0" where nothing else on the node, ` +
        'such as kube-proxy, needs it',
    },
  ];
}

// Of iptables `-A FORWARD -i br0 -o br0 -j ACCEPT`, of nft `iifname "br0" ... accept`; a rule for all of them, too.
function accepts(rule: string, bridge: string): boolean {
  if (/^-A FORWARD -j ACCEPT$|^(?:counter packets \d+ bytes \d+ )?accept$/.test(rule)) return true;
  if (/physdev-is-bridged.*-j ACCEPT/.test(rule)) return !rule.includes('!');
  // What lets only answers pass, or only what leaves the bridge, does not let pods reach each other.
  if (!/-j ACCEPT|\baccept$/.test(rule) || /ctstate|ct state/.test(rule)) return false;
  const words = rule.replaceAll('"', '').split(/\s+/);
  const places = words.flatMap((word, at) => (word === bridge ? [at] : []));
  return places.length > 0 && places.every((at) => words[at - 1] !== '!=' && words[at - 2] !== '!');
}

function unasked(facts: NodeFacts): string | undefined {
  if (facts.kernel.forwarding === undefined) return 'only files are looked at';
  return linuxBridges(facts).length === 0 ? 'no network has a Linux bridge' : undefined;
}
