import type { DanErrorName } from '../../../model/error.ts';
import type { Explanation } from '../explanation.ts';

/** The errors of bridges and taps on the host, and of links in the pod. */
export const linkExplanations = {
  'bridge-missing': {
    meaning: 'The bridge is neither a link in the host’s network namespace nor a bridge of Open vSwitch.',
    cause: 'It was not made after the node’s start, has another name, or the switch that has it does not run.',
    cure: 'make it (`ip link add <bridge> type bridge`, `ip link set <bridge> up`), or name another.',
  },
  'not-a-bridge': {
    meaning: '`bridge` names a link that has no such ports.',
    cause: 'The link is no bridge; or, for vhost-user, it is a Linux bridge, to which no socket leads.',
    cure: 'name a bridge that fits.',
  },
  'vlan-filtering-off': {
    meaning: 'The VLANs that are asked for would have no effect.',
    cause: '`vlan` or `trunk` is set, and the bridge does not filter VLANs.',
    cure: '`ip link set <bridge> type bridge vlan_filtering 1`.',
  },
  'vlan-filtering-unsupported': {
    meaning: 'No bridge of this node can filter VLANs.',
    cause: 'The kernel was built without it.',
    cure: 'a kernel with `CONFIG_BRIDGE_VLAN_FILTERING`, or one bridge for each VLAN.',
  },
  'tap-not-ours': {
    meaning: 'A link has the name that the tap is to have. It is not touched.',
    cause: 'No record claims it: somebody else made it, or the record of it is lost.',
    cure: 'see with `ip -d link show <name>` whose it is; `dan list --orphans` shows it if it is one of ours. Delete it if it is nobody’s.',
  },
  'device-unusable': {
    meaning: 'The link that `device` names cannot become the interface of a sandbox. It is not touched.',
    cause: 'It is no persistent tap, has the other queue mode, is open in a program, or is another sandbox’s.',
    cure: 'as the message says: a tap as it must be, or another name, for which `dan` makes one.',
  },
  'pod-link-hidden': {
    meaning: 'The guest would lose a network that the pod has. Nothing was made.',
    cause:
      'The pod’s namespace has a link with an address that the DAN file does not carry, and Kata would read the file ' +
      'instead of the namespace.',
    cure: 'take that network away from the pod, or attach its link with the device `tcfilter`.',
  },
  'netns-of-file-differs': {
    meaning: 'This attachment and one that the sandbox has cannot be in one file.',
    cause: 'They need different values of `netns`, of which a file has one: their device kinds or profiles differ.',
    cure: 'networks of the same device kind and profile in one sandbox.',
  },
  'master-missing': {
    meaning: 'The pod’s namespace has no link of the name that the guest is to take over.',
    cause: 'The plugin that makes it comes after `dan` in the list, or `master` names another.',
    cure: 'put `dan` behind the plugin that makes it, or name another in `master`.',
  },
  'ingress-taken': {
    meaning: 'Something else redirects the frames of the pod’s interface already. Nothing was touched.',
    cause: 'It has a queueing discipline at its ingress; the message says whose it looks like.',
    cure: 'use another interface, or do without whatever redirects this one.',
  },
  'pod-link-unusable': {
    meaning: 'The interface in the pod cannot become the guest’s.',
    cause: 'It has a MAC, an MTU, an address or a route that no DAN file can carry.',
    cure: 'correct the plugin that made it.',
  },
  'prev-result-missing': {
    meaning: '`tcfilter` or `macvtap` has no interface to take over.',
    cause: 'It is that of a plugin before `dan`, and no plugin made one.',
    cure: 'put `dan` behind one in the list, or name an interface in `master`.',
  },
} as const satisfies Partial<Record<DanErrorName, Explanation>>;
