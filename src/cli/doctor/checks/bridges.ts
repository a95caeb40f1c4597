import { numberIn } from '../../../json/object.ts';
import { bridgeLimit } from '../../../model/limit.ts';
import type { Link } from '../../../model/link.ts';
import { checksUnless, error, note, warning } from '../check.ts';
import { naming } from '../demand.ts';
import type { BridgeFacts } from '../facts/bridges.ts';
import type { NodeFacts } from '../facts/node.ts';

/** Whether the Linux bridges of networks carry frames, and whether the host's packet filter lets these pass. */
export const bridgeChecks = checksUnless(withoutBridges, [
  {
    id: 'kernel-bridge-missing',
    *look(facts) {
      for (const { name, networks, link } of bridgesOf(facts)) {
        if (link?.kind === 'bridge' || hasOvsBridge(facts, name)) continue;
        const bridge = `the bridge ${name} of ${naming(networks)}`;
        if (link !== undefined) {
          const cure = 'name a bridge in "bridge"; "ip -d link show type bridge" lists the Linux bridges';
          yield error(`${bridge} is not a bridge`, cure);
          continue;
        }
        const cure =
          `create it with "ip link add ${name} type bridge" and "ip link set ${name} up", or with "ovs-vsctl add-br ` +
          `${name}", in whatever configures the node’s network; or name another in "bridge"`;
        yield error(`${bridge} does not exist`, cure);
      }
    },
  },
  {
    id: 'kernel-bridge-down',
    *look(facts) {
      for (const { name, networks, link } of linuxBridges(facts)) {
        const cure = `"ip link set ${name} up"; do the same in whatever configures the node’s network at boot`;
        if (!link.up) yield error(`the bridge ${name} of ${naming(networks)} is down`, cure);
      }
    },
  },
  {
    id: 'kernel-bridge-full',
    *look(facts) {
      for (const { link, ports } of linuxBridges(facts)) {
        const met = bridgeLimit(link.name, ports);
        if (met !== undefined) yield error(met.seen, met.cure);
      }
    },
  },
  {
    id: 'kernel-bridge-hairpin',
    *look(facts) {
      const by = [...new Set((facts.kernel.forwarding ?? []).flatMap(({ translators }) => translators))];
      for (const { name, withoutHairpin } of by.length === 0 ? [] : linuxBridges(facts)) {
        if (withoutHairpin.length === 0) continue;
        const rules = `the packet filter gets the frames of bridges, and has rules of ${by.join(' and ')}`;
        yield note(
          `${rules}; ports of the bridge ${name} for ${naming(withoutHairpin)} do not send a frame back by the port by ` +
            'which it came in: a pod does not reach itself through its own Service or port of the host',
          'set "hairpinMode": true in the network if pods need that',
        );
      }
    },
  },
  {
    id: 'kernel-stp',
    *look(facts) {
      for (const { name, networks, link } of linuxBridges(facts)) {
        const seconds = numberIn(link.data['forward_delay']) / hertz;
        if (numberIn(link.data['stp_state']) === 0 || seconds === 0) continue;
        const seen = `the bridge ${name} of ${naming(networks)} has STP on with a forward delay of ${seconds} s`;
        const off = `"ip link set ${name} type bridge stp_state 0" if the bridge has only one uplink`;
        const shorter =
          seconds > shortest
            ? `otherwise "ip link set ${name} type bridge forward_delay ${shortest * hertz}", the shortest that STP allows`
            : 'otherwise accept the delay: STP allows no shorter one';
        yield warning(`${seen}: a guest is unreachable for ${2 * seconds} s after ADD`, `${off}; ${shorter}`);
      }
    },
  },
  {
    id: 'kernel-bridge-netfilter',
    unasked: (facts) => (linuxBridges(facts).length === 0 ? 'no network has a Linux bridge' : undefined),
    *look(facts) {
      for (const { name, networks } of linuxBridges(facts)) {
        for (const { family, sysctl, dropsBy, rules } of facts.kernel.forwarding ?? []) {
          if (dropsBy === undefined || rules.some((rule) => accepts(rule, name))) continue;
          const program = family === 4 ? 'iptables' : 'ip6tables';
          const key = sysctl.slice('/proc/sys/'.length).replaceAll('/', '.');
          yield warning(
            `${key} is 1, and the chain that "${dropsBy}" shows drops by default; no rule accepts frames of the bridge ` +
              `${name} of ${naming(networks)}`,
            `"${program} -I FORWARD -i ${name} -o ${name} -j ACCEPT"; or "sysctl ${key}=0" if nothing else on the node, ` +
              'such as kube-proxy, needs it',
          );
        }
      }
    },
  },
]);

function withoutBridges({ kernel: { bridges } }: NodeFacts): string | undefined {
  if (bridges === undefined) return 'only files are looked at';
  if (typeof bridges === 'string') return `the links could not be read (${bridges})`;
  return bridges.length === 0 ? 'no network names a bridge that may be one of Linux' : undefined;
}

// The bridges that networks name and that may be Linux bridges.
function bridgesOf({ kernel: { bridges } }: NodeFacts): readonly BridgeFacts[] {
  return bridges === undefined || typeof bridges === 'string' ? [] : bridges;
}

function linuxBridges(facts: NodeFacts): readonly (BridgeFacts & { readonly link: Link })[] {
  return bridgesOf(facts).flatMap(({ link, ...bridge }) => (link?.kind === 'bridge' ? [{ ...bridge, link }] : []));
}

function hasOvsBridge({ ovs }: NodeFacts, name: string): boolean {
  return ovs.switches.some(
    ({ view }) => typeof view !== 'string' && view.bridges.some((bridge) => bridge.name === name),
  );
}

/** Clock ticks a second in the kernel's bridge timers (USER_HZ). */
const hertz = 100;

/** The shortest forward delay with STP, in seconds (BR_MIN_FORWARD_DELAY of net/bridge/br_private_stp.h). */
const shortest = 2;

// iptables prints `-A FORWARD -i br0 -o br0 -j ACCEPT`, nft `iifname "br0" ... accept`. A rule for all frames counts.
function accepts(rule: string, bridge: string): boolean {
  if (/^-A FORWARD -j ACCEPT$|^(?:counter packets \d+ bytes \d+ )?accept$/.test(rule)) return true;
  if (/physdev-is-bridged.*-j ACCEPT/.test(rule)) return !rule.includes('!');
  // A rule that accepts only replies, or only frames that leave the bridge, does not let pods reach each other.
  if (!/-j ACCEPT|\baccept$/.test(rule) || /ctstate|ct state/.test(rule)) return false;
  const words = rule.replaceAll('"', '').split(/\s+/);
  const places = words.flatMap((word, at) => (word === bridge ? [at] : []));
  return places.length > 0 && places.every((at) => words[at - 1] !== '!=' && words[at - 2] !== '!');
}
