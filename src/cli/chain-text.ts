import type { ChainFault, Need } from '../node/chain.ts';

/** A fault of a list of plugins as it is told. */
export interface ChainText {
  readonly severity: 'error' | 'note' | 'warning';
  /** What is so, without the place. */
  readonly seen: string;
  readonly cure: string;
}

/** Tells a fault of a list of plugins, in the words of `dan doctor` and of `dan validate`. Pure. */
export function chainText(fault: ChainFault): ChainText {
  switch (fault.of) {
    case 'hidden-interface':
      return {
        severity: 'error',
        seen: `dan makes a ${fault.device} behind ${fault.type}, whose interface the guest would not see: Kata reads the DAN file instead of the namespace`,
        cure: `take ${fault.type} out of the list, or say "device": "tcfilter"`,
      };
    case 'unknown-before':
      return {
        severity: 'warning',
        seen: `dan makes a ${fault.device} behind ${fault.type}, a plugin that dan does not know: if it makes an interface in the pod, the guest would not see it`,
        cure: `if ${fault.type} makes one, take it out of the list, or say "device": "tcfilter"`,
      };
    case 'no-interface':
      return {
        severity: 'error',
        seen: fault.isFirst
          ? `dan makes a ${fault.device}, and is the first of its list`
          : `dan makes a ${fault.device}, and no plugin before it makes an interface in the pod`,
        cure: 'put a plugin that makes the pod’s interface, such as bridge, before it in "plugins" of a .conflist',
      };
    case 'behind': {
      const { severity, what, cure } = needText(fault.need);
      return { severity, seen: `behind dan’s ${fault.device} stands ${fault.type}, which ${what}`, cure };
    }
    default:
      return fault satisfies never;
  }
}

interface NeedText {
  readonly severity: ChainText['severity'];
  readonly what: string;
  readonly cure: string;
}

const onHost = 'limit the tap on the host, or say "device": "tcfilter" behind a plugin that makes the pod’s interface';

function needText(need: Need): NeedText {
  switch (need.is) {
    case 'interface':
      return need.keys.length === 0
        ? {
            severity: 'error',
            what: 'changes an interface in the pod’s namespace, and there is none: every pod fails',
            cure: 'take it out of the list; give the guest its routes in "routes" of dan',
          }
        : {
            severity: 'error',
            what: `sets ${need.keys.join(', ')} of an interface in the pod’s namespace, and there is none: every pod fails`,
            cure: 'say it to dan: it has the keys "mac" and "mtu"; leave the others out',
          };
    case 'veth':
      return {
        severity: need.every ? 'error' : 'warning',
        what: `looks for a veth pair in the pod: ${need.every ? 'every pod fails' : 'pods that ask for a bandwidth fail'}`,
        cure: `take it out of the list; ${onHost}`,
      };
    case 'sysctl':
      return {
        severity: 'warning',
        what: `sets ${need.keys.join(', ')} in the pod’s namespace, which the guest does not see`,
        cure: 'set it in the guest: "securityContext.sysctls" of the pod, which Kata hands to the guest',
      };
    case 'check':
      return {
        severity: 'warning',
        what: 'changes nothing, and looks for an interface in the pod’s namespace at CHECK: pods of a runtime that calls CHECK, such as CRI-O, fail',
        cure: 'take it out of the list',
      };
    case 'address':
      return {
        severity: 'note',
        what: 'leads ports of the host to the guest’s address',
        cure: 'the host itself must have a way to that address: the bridge needs an address in the same network',
      };
    default:
      return need satisfies never;
  }
}
