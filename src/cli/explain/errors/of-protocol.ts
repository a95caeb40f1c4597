import type { ProtocolErrorName } from '../../../protocol/error.ts';
import type { Explanation } from '../explanation.ts';

/** The errors that CNI itself has codes for. */
export const protocolExplanations = {
  'incompatible-version': {
    meaning: 'The version of CNI in the network configuration, `cniVersion`, does not do.',
    cause:
      '`dan` does not know it, or the operation is newer: CHECK needs 0.4.0, STATUS and GC need 1.1.0. 0.1.0 and 0.2.0 ' +
      'cannot carry what `dan` makes, and a configuration without `cniVersion` counts as 0.1.0.',
    cure:
      'set `cniVersion` to 0.3.0, 0.3.1, 0.4.0, 1.0.0 or 1.1.0. With containerd before 2.0, 1.0.0 is the newest that it ' +
      'can also detach.',
  },
  'invalid-environment': {
    meaning: 'Environment variables are missing or wrong; the message names all of them.',
    cause: 'The caller is no container runtime, or one that passes an id or a name that CNI does not allow.',
    cure:
      'nothing, where a container runtime calls: it sets them. By hand, set `CNI_COMMAND`, `CNI_CONTAINERID`, `CNI_NETNS`, ' +
      '`CNI_IFNAME` and `CNI_PATH`.',
  },
  'io-failure': {
    meaning: 'A file or a directory cannot be read or written; the message has the path and the system’s reason.',
    cause: 'The disk is full, the file system is read-only, or the permissions are not root’s.',
    cure: 'mend what the message names: `df -h`, `mount` and `ls -ld` on the directory show which of them it is.',
  },
  'undecodable-input': {
    meaning: 'What came on stdin is not one JSON object in UTF-8 of at most 1 MiB.',
    cause:
      'The network configuration was edited into something that is no JSON, or that means something else to every reader: ' +
      'a key twice in one object, `__proto__`, a number that no number holds, more than 100 levels.',
    cure: 'correct the network configuration; `dan validate FILE` says where it is wrong.',
  },
  'invalid-configuration': {
    meaning: 'Keys of the network configuration break their rules; each is named with its value and the rule.',
    cause:
      'A typing error, a value out of range, or a key that `dan` does not have: a key of its own that it does not know is refused.',
    cure: 'correct what the message names, and look again with `dan validate FILE`. See [configuration](configuration.md).',
  },
  'invalid-netns': {
    meaning: 'The path in `CNI_NETNS` leads to no network namespace of a pod.',
    cause:
      'The namespace is gone, the path never was one, or it leads to the namespace that `dan` itself runs in, which would ' +
      'be the host’s.',
    cure:
      'nothing, where a container runtime calls: it makes the pod’s namespace before ADD and tries again. By hand, ' +
      '`ip netns add NAME` makes one at `/run/netns/NAME`. A pod with `hostNetwork: true` has no network of its own, and no ' +
      'plugin is called for it.',
  },
  'try-again-later': {
    meaning: 'Another `dan` has held the lock for more than a minute.',
    cause:
      'It works on the same sandbox, bridge or socket and waits for a program that hangs, most often an IPAM plugin.',
    cure:
      'the runtime tries again. If it goes on, `dan show SANDBOX` tells which process holds the lock; see why that hangs, ' +
      'and end it. The kernel releases the lock then.',
  },
  'not-available': {
    meaning: 'STATUS: no sandbox can be attached on this node; everything that is missing is named.',
    cause:
      'A program, a device of the kernel, the bridge, the switch or the IPAM plugin is missing or does not answer.',
    cure: 'as the message says; `dan doctor` looks at the whole node.',
  },
  'internal-error': {
    meaning: 'A bug in `dan`; `details` has the stack.',
    cause: 'Something happened that nobody thought of. What was made is taken back all the same.',
    cure: 'please report it, with the message, `details` and the output of `dan doctor --json`.',
  },
} as const satisfies Record<ProtocolErrorName, Explanation>;
