import type { Message } from './message.ts';

/** Messages of container runtimes and of libcni, which most of them call plugins with. */
export const runtimeMessages: readonly Message[] = [
  {
    id: 'no-address-in-result',
    from: 'containerd',
    says: ['failed to find network info for sandbox "..."', 'cannot convert: no valid IP addresses'],
    pattern: /failed to find network info for sandbox|no valid ip addresses|\bno ip address(?:es)? (?:found|in|for)\b/i,
    meaning: 'The plugin succeeded, and containerd does not find the pod’s IP address in the result.',
    cause:
      'The network gives no address: it has neither `addresses` nor `ipam`. `dan` allows that, containerd does not for ' +
      '`eth0`. Or another plugin behind `dan` in the list dropped the addresses from the result.',
    cure: 'give the network `addresses` or an `ipam`; keep networks without addresses for further interfaces (Multus).',
  },
  {
    id: 'ipam-plugin-error',
    from: 'the IPAM plugin',
    says: ['no IP addresses available in range set: ... [ipam-plugin-error]'],
    pattern: /ipam-plugin-error|no ip addresses available in range set/i,
    meaning: 'The IPAM plugin refused; `dan` passes its message and its code on, and took everything back.',
    cause:
      'Its own words say it. Where no address is left, the range is too small, or addresses of pods that were never ' +
      'detached are still taken.',
    cure:
      'correct the `ipam` section, which is that plugin’s. host-local keeps its leases in `/var/lib/cni/networks/<network>`, ' +
      'a file for each address with the sandbox in it: those of sandboxes that are gone (`crictl pods`) may be removed.',
  },
  {
    id: 'cni-version',
    from: 'containerd',
    says: [
      'incompatible CNI versions; config is "1.1.0", plugin supports [...]',
      'unsupported CNI result version "1.1.0"',
    ],
    pattern:
      /incompatible cni versions|unsupported cni result version|failed to convert cached result version|unknown (?:or unsupported )?cni(?:version| result version)/i,
    meaning: 'Runtime, plugin and network configuration do not agree on the version of CNI.',
    cause:
      '`cniVersion` is newer than the runtime or a plugin of the list knows. containerd before 2.0 lets 1.1.0 pass at ADD, ' +
      'and then fails every DEL: its pods cannot be deleted any more.',
    cure:
      'set `"cniVersion": "1.0.0"`, and `"cniVersions": ["1.0.0", "1.1.0"]` beside it for newer runtimes. Pods that are ' +
      'stuck go when the runtime tries again.',
  },
  {
    id: 'del-fails',
    from: 'containerd',
    says: ['failed to destroy network for sandbox "...": plugin type="..." failed (delete): ...'],
    pattern: /failed to destroy network for sandbox|failed \(delete\)/i,
    meaning: 'The pod cannot be deleted: a plugin’s DEL failed, and the runtime tries until it succeeds.',
    cause:
      'What follows in the message. With `cniVersion` 1.1.0 on containerd before 2.0 it fails every time, before any plugin ' +
      'is called.',
    cure:
      'as the rest of the message says. `dan`’s DEL needs only the network’s name, so that a fault of the configuration ' +
      'never stops it.',
  },
  {
    id: 'cni-not-initialized',
    from: 'containerd',
    says: [
      'cni plugin not initialized',
      'cni config load failed: no network config found in /etc/cni/net.d',
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady',
    ],
    pattern:
      /cni (?:plugin|config) (?:not |un)initialized|no network config found in|NetworkPluginNotReady|cni config load failed/i,
    meaning: 'The runtime has no network configuration that it can use: pods stay pending, the node is not ready.',
    cause:
      'The configuration directory is empty, its file is no valid JSON, or the file was moved there from another ' +
      'directory, which the runtime does not notice. A handler with a `cni_conf_dir` of its own needs a file there.',
    cure:
      '`crictl info` says which directory, and why the last load failed; `dan validate FILE` checks the file. Write it in ' +
      'place, as `dan install` does, or restart the runtime.',
  },
  {
    id: 'text-file-busy',
    from: 'libcni',
    says: ['fork/exec /opt/cni/bin/dan: text file busy'],
    pattern: /text file busy/i,
    meaning: 'The executable is being written while the runtime starts it.',
    cause: 'It was copied over the old one in place, or the copy has not ended.',
    cure:
      'the runtime tries again. Install with `dan install`, or copy beside it and rename: `cp dan /opt/cni/bin/.dan.new && ' +
      'mv /opt/cni/bin/.dan.new /opt/cni/bin/dan`.',
  },
  {
    id: 'plugin-not-found',
    from: 'libcni',
    says: ['failed to find plugin "dan" in path [/opt/cni/bin]'],
    pattern: /failed to find plugin "?[\w.-]+"? in path/i,
    meaning: 'The executable that the network configuration names is not where the runtime looks for plugins.',
    cause:
      'It was not installed on this node, or into another directory than the runtime’s `bin_dir`; or `type` of the network ' +
      'is misspelt. `loopback` and IPAM plugins are looked for in the same directories.',
    cure: 'install it into the directory that the message names (`dan install` for `dan`), or correct `bin_dir`.',
  },
  {
    id: 'plugin-not-executable',
    from: 'libcni',
    says: [
      'fork/exec /opt/cni/bin/dan: exec format error',
      'fork/exec /opt/cni/bin/dan: permission denied',
      'netplugin failed with no error message',
    ],
    pattern: /exec format error|fork\/exec \S+: permission denied|netplugin failed(?: with no error message|:)/i,
    meaning: 'The plugin could not be started, or ended without an answer.',
    cause:
      'The file is for another architecture, not whole or not executable; its file system is mounted `noexec`; or the ' +
      'program was killed, as for want of memory.',
    cure:
      '`/opt/cni/bin/dan --version` by hand shows it; `dmesg` says whether the kernel killed it. Install it again. `dan` ' +
      'needs x86-64.',
  },
  {
    id: 'network-without-name',
    from: 'libcni',
    says: ['missing network name', 'error parsing configuration list: no name'],
    pattern: /missing network name|configuration(?: list)?: no name|error validating network name/i,
    meaning: 'A network configuration has no name, and no plugin is called for it.',
    cause: '`name` is missing at the top of the list, where it belongs: not in a plugin of the list.',
    cure: 'add it; `dan validate FILE` checks the rest. Keep it: attachments are known by it.',
  },
  {
    id: 'sandbox-timeout',
    from: 'the container runtime',
    says: ['failed to create containerd task: ... context deadline exceeded', 'CreateContainerRequest timed out'],
    pattern:
      /(?:sandbox|container|shim|task|vm)(?:request)?\b.{0,200}(?:context deadline exceeded|DeadlineExceeded|timed out)/i,
    meaning: 'The virtual machine did not come up in time.',
    cause:
      'With a vhost-user device the virtual machine waits for the switch to connect to its socket, for ever: no port of ' +
      'the switch leads there, the switch is a server itself, or it may not write to the socket. Else the guest is slow, ' +
      'or its agent cannot be reached.',
    cure:
      'for vhost-user, `dan show SANDBOX` shows the port and whether the switch runs it; see the log of `ovs-vswitchd`. Else ' +
      '`dan doctor`, and the log of Kata’s runtime (`journalctl -t kata`).',
  },
];
