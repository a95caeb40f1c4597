import type { DanErrorName } from '../../../model/error.ts';
import type { Explanation } from '../explanation.ts';

/** The errors of values that do not fit together, with code 7 as CNI has it for a configuration. */
export const configurationExplanations = {
  'duplicate-in-sandbox': {
    meaning: 'Another interface of the same sandbox has the name, the MAC or an address.',
    cause:
      'Two networks of one pod have the same fixed `mac` or `addresses`, or a pod’s annotation asks for the same twice.',
    cure: 'change one of them; `dan show SANDBOX` shows what the sandbox has.',
  },
  'duplicate-route': {
    meaning: 'There is a route to the same destination already, and the guest would keep only the last.',
    cause: 'Two networks of one pod, or `routes` and the IPAM plugin, have a route to one destination.',
    cure: 'leave one out.',
  },
  'mac-in-use': {
    meaning: 'Another sandbox has this MAC on the same bridge.',
    cause: 'The configuration or the pod fixes `mac`, and more than one pod uses it.',
    cure: 'leave `mac` out; each attachment then gets one of its own, the same on every retry. `dan list` shows who has it.',
  },
  'mtu-below-bridge': {
    meaning: 'The bridge’s MTU would sink for everyone on it.',
    cause: '`mtu` is smaller than the bridge’s, and a bridge whose MTU nobody set follows its smallest port.',
    cure:
      'leave `mtu` out, or pin the bridge’s MTU with `ip link set <bridge> mtu <bytes>` to a value of its own. See ' +
      '[MTU](configuration.md#mtu).',
  },
  'mtu-too-small-for-ipv6': {
    meaning: 'The interface could not have its IPv6 addresses.',
    cause: 'IPv6 needs an MTU of 1280, and the kernel switches it off below that.',
    cure: 'raise `mtu`, or leave IPv6 addresses, routes and neighbors out.',
  },
  'not-carried-by-profile': {
    meaning: 'The reader of the file would drop, alter or refuse a value; nothing was made.',
    cause:
      'Kata’s runtimes differ in what they take from a DAN file, and `runtime` names the one that is going to read it.',
    cure:
      'the message says what it takes instead. If another runtime reads the file, correct `runtime`. See ' +
      '[the DAN format](dan-format.md).',
  },
  'route-without-gateway': {
    meaning: 'A route leads nowhere.',
    cause: 'It has no gateway, and the IPAM plugin names none for its IP version.',
    cure: 'give it a `gw`, or `"scope": 253` if the destination is on the link.',
  },
  'second-default-route': {
    meaning: 'The guest has a default route of this IP version already.',
    cause: 'Two networks of one pod each bring one, and a DAN file carries no metric that could decide between them.',
    cure: '`"defaultRoute": false` in the network whose default route is not wanted.',
  },
} as const satisfies Partial<Record<DanErrorName, Explanation>>;
