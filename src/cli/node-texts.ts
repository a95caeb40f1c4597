import { addressedText } from '../attach/hidden-links.ts';
import type { PlaceFault } from '../attach/sightings/seen.ts';
import type { Part } from '../node/attachments/standing.ts';
import { rows } from '../kinds/pod-namespace/rows.ts';
import type { ChainFault, Need } from '../node/chain.ts';
import type { ListFault, PluginVersions, SuitableVersions } from '../node/list.ts';
import type { NetworkFault } from '../node/network-faults.ts';

// What is found on a node, in the words of the commands: `dan doctor`, `dan list`, `dan show` and `dan validate`.

/** A place that could not be read, as a sentence. */
export function placeFaultText({ why, ...place }: PlaceFault): string {
  return why ?? `dan did not write the record ${'file' in place ? place.file : ''}, so what it claims is not known`;
}

/** What the state of an attachment is due to, in a few words. */
export function partText(part: Part): string {
  return (partTexts[part.is] as (part: Part) => string)(part);
}

const partTexts: { readonly [Is in Part['is']]: (part: Part & { readonly is: Is }) => string } = {
  'record-missing': () => 'record missing',
  'add-unfinished': () => 'ADD did not end',
  'pod-gone': () => "pod's namespace gone",
  'link-missing': ({ link }) => `${link} missing`,
  'link-hidden': ({ link }) => `the guest does not have ${addressedText(link)}`,
  'port-missing': () => 'port missing',
  'entry-missing': () => 'entry missing',
  'node-missing': () => 'device node missing',
  unread: ({ place }) => unreadTexts[place],
  'link-changed': ({ how }) => how,
  'port-failed': ({ error }) => `port in error: ${error}`,
  'entry-edited': () => 'entry edited',
};

const unreadTexts = {
  entry: 'the DAN file cannot be read',
  links: 'links cannot be read',
  port: 'the switch does not answer',
} as const;

/** A fault of a list of plugins in words. */
export interface ChainText {
  readonly severity: 'error' | 'note' | 'warning';
  /** What is so, without the place. */
  readonly seen: string;
  readonly cure: string;
}

/** Puts a fault of a list of plugins into words. Pure. */
export function chainText(fault: ChainFault): ChainText {
  switch (fault.of) {
    case 'hidden-interface':
      return {
        severity: 'error',
        seen: `dan makes a ${fault.device} behind ${fault.type}, whose interface the guest would not see: Kata reads the DAN file instead of the namespace`,
        cure: `take ${fault.type} out of the list, or use "device": "tcfilter"`,
      };
    case 'unknown-before':
      return {
        severity: 'warning',
        seen: `dan makes a ${fault.device} behind ${fault.type}, a plugin that dan does not know: if it makes an interface in the pod, the guest would not see it`,
        cure: `if ${fault.type} makes one, take it out of the list, or use "device": "tcfilter"`,
      };
    case 'twice':
      return {
        severity: 'error',
        seen: 'dan stands before it in the list already: a list attaches a sandbox once, and the second ADD fails',
        cure: 'leave one of them out. A second interface comes from a network of its own, with another name',
      };
    case 'no-interface':
      return {
        severity: 'error',
        seen: `dan makes a ${fault.device}, and ${fault.isFirst ? 'is the first of its list' : 'no plugin before it makes an interface in the pod'}`,
        cure: 'put a plugin that makes the pod’s interface, such as bridge, before it in "plugins" of a .conflist',
      };
    case 'unfit': {
      const { verdict, why, next } = rows[fault.row];
      const seen = `dan makes a ${fault.device} on the interface that ${fault.type} makes: ${why}`;
      return { severity: verdict === 'refused' ? 'error' : 'warning', seen, cure: next };
    }
    case 'behind': {
      const [severity, what, cure] = needText(fault.need);
      return { severity, seen: `${fault.type} comes after dan’s ${fault.device} in the list, and ${what}`, cure };
    }
    case 'lost': {
      const { row, keys, isBefore } = fault;
      const what = keys.length === 0 ? 'changes' : `sets ${keys.join(', ')} of`;
      const seen = `${fault.type} comes ${isBefore ? 'before' : 'behind'} dan’s ${fault.device} in the list, and ${what} the pod’s interface or namespace`;
      if (row === 'too-late') {
        return {
          severity: 'error',
          seen: `${seen}, which the guest has as it was before: the runtime is told another value, and CHECK fails`,
          cure: `put ${fault.type} before dan in the list`,
        };
      }
      const { verdict, why, next } = rows[row];
      return { severity: verdict === 'refused' ? 'error' : 'warning', seen: `${seen}: ${why}`, cure: next };
    }
    default:
      return fault satisfies never;
  }
}

/** Puts a fault that no ADD can see into words. Pure. */
export function networkText(fault: NetworkFault): ChainText {
  switch (fault.of) {
    case 'no-address':
      return {
        severity: 'error',
        seen: 'nothing in the list gives an address: containerd refuses each pod that has this for its own network ("failed to find network info for sandbox")',
        cure: 'give it an "ipam", or "addresses"; a network that Multus adds to another one may be without',
      };
    case 'secondary-ipam':
      return {
        severity: 'warning',
        seen: `the addresses come from ${fault.type}, whose reconciler counts only the secondary interfaces of pods: where this is the default network, it takes back the addresses of pods that run, and the next pod gets one that is in use`,
        cure: `use ${fault.type} only for networks that Multus adds to the default one; give this one "host-local" with a subnet of each node's own, or another IPAM plugin`,
      };
    default:
      return fault satisfies never;
  }
}

function needText(need: Need): readonly [severity: ChainText['severity'], what: string, cure: string] {
  switch (need.is) {
    case 'interface':
      return need.keys.length === 0
        ? [
            'error',
            'changes an interface in the pod’s namespace, where there is none: every pod fails',
            'take it out of the list; give the guest its routes in "routes" of dan',
          ]
        : [
            'error',
            `sets ${need.keys.join(', ')} of an interface in the pod’s namespace, where there is none: every pod fails`,
            'set it in the configuration of dan, which has the keys "mac" and "mtu"; leave the others out',
          ];
    case 'veth':
      return [
        need.every ? 'error' : 'warning',
        `looks for a veth pair in the pod: ${need.every ? 'every pod fails' : 'pods that ask for a bandwidth fail'}`,
        'take it out of the list; limit the tap on the host, or use "device": "tcfilter" behind a plugin that makes the pod’s interface',
      ];
    case 'sysctl':
      return [
        'warning',
        `sets ${need.keys.join(', ')} in the pod’s namespace, which the guest does not see`,
        'set it in the guest: "securityContext.sysctls" of the pod, which Kata passes to the guest',
      ];
    case 'check':
      return [
        'warning',
        'changes nothing, but looks for an interface in the pod’s namespace at CHECK: pods of a runtime that calls CHECK, such as CRI-O, fail',
        'take it out of the list',
      ];
    case 'filter':
      return [
        'warning',
        'filters or redirects packets in the pod’s namespace, through which none of the guest goes',
        'take it out of the list; filter on the host or in the guest',
      ];
    case 'address':
      return [
        'note',
        'forwards ports of the host to the guest’s address',
        'the host needs a way to that address: give the bridge an address in the same network',
      ];
    default:
      return need satisfies never;
  }
}

/** Puts a fault of a list as a whole into words. Pure. */
export function listFaultText(fault: ListFault): ChainText {
  switch (fault.of) {
    case 'version-unknown': {
      const { version, plugin, suitable } = fault;
      return {
        severity: 'error',
        seen: `a client that knows CNI ${version} takes it, and ${programText(plugin)} does not: it knows ${(plugin.versions ?? []).join(', ')}; every pod fails`,
        cure: suitable === undefined ? `install a newer ${plugin.type}` : suitableText(suitable),
      };
    }
    case 'version-not-asked':
      return {
        severity: 'note',
        seen: `a client that knows CNI ${fault.version} takes it, and whether ${fault.plugin.type} does could not be asked: ${fault.plugin.path ?? 'it is not on this node'}`,
        cure: 'run "dan validate" on the node',
      };
    case 'check-fails':
      return {
        severity: 'warning',
        seen: `${fault.type} compares MAC and addresses of its interface at CHECK, which ${fault.device} takes from it: pods of a runtime that calls CHECK, such as CRI-O, fail`,
        cure: `say ${fault.isAvoidable ? '"mode": "passthru", or ' : ''}"disableCheck": true in the list`,
      };
    default:
      return fault satisfies never;
  }
}

function programText({ path, type }: PluginVersions): string {
  return path ?? type;
}

function suitableText({ cniVersion, cniVersions }: SuitableVersions): string {
  const others =
    cniVersions === undefined
      ? 'without "cniVersions"'
      : `and "cniVersions": [${cniVersions.map((version) => `"${version}"`).join(', ')}]`;
  return `say "cniVersion": "${cniVersion}" ${others}`;
}
