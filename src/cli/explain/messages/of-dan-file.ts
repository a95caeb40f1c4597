import type { Message } from './message.ts';

/** Messages of Kata’s runtimes and its agent about what a DAN file says. */
export const danFileMessages: readonly Message[] = [
  {
    id: 'unknown-device-type',
    from: 'Kata',
    says: ['Invalid DAN config: unknown variant `vfio`, expected `vhost-user` or `host-tap`'],
    pattern: /unknown variant [`'"]?(?:vfio|tcfilter|macvtap|host-tap|vhost-user|tap|bridge)\b/i,
    meaning: 'The DAN file names a kind of device that this runtime does not have.',
    cause:
      'The file was written for another reader: the Go runtime takes `vfio` alone, Kata 4.0’s Rust runtime `host-tap` and ' +
      '`vhost-user`. `tcfilter` and `macvtap` are device kinds of a network configuration and never stand in a file: the ' +
      'device of a redirection is a `host-tap` to its reader.',
    cure:
      'set `runtime` of the network to the runtime that reads the file, and restart the pod. `dan validate FILE` says what ' +
      'each reader makes of a file.',
  },
  {
    id: 'invalid-dan-file',
    from: 'Kata',
    says: ['Invalid DAN config: missing field `network_info` at line 1 column 120'],
    pattern: /invalid dan config|failed to parse dan config/i,
    meaning: 'The runtime found the sandbox’s DAN file and could not take it in; the rest of the message says where.',
    cause: 'Somebody else wrote or edited it: `dan` writes whole files that every reader of its profile takes in.',
    cure: '`dan validate FILE` says what each reader makes of it; `dan show SANDBOX` says whose entries it has. Restart the pod.',
  },
  {
    id: 'dan-file-not-read',
    from: 'Kata',
    says: ['Read DAN config from file: No such file or directory (os error 2)'],
    pattern: /read dan config from file/i,
    meaning: 'The DAN file was there when the runtime looked for it, and could not be read a moment later.',
    cause: 'The pod was being stopped meanwhile, or the runtime does not run as root.',
    cure: 'nothing if the pod was stopped; else compare the owner and mode of the file, root’s and 0600, with the runtime’s user.',
  },
  {
    id: 'netns-of-file',
    from: 'Kata',
    says: ['New netns guard: ... No such file or directory (os error 2)'],
    pattern: /new netns guard/i,
    meaning: 'The runtime cannot enter the namespace that the DAN file’s `netns` names.',
    cause:
      'The pod’s namespace is gone, or the file was written for another reader: for Kata’s own runtimes `netns` is null.',
    cure: 'set `runtime` of the network to the runtime that reads the file, and restart the pod.',
  },
  {
    id: 'netns-and-model',
    from: 'Kata',
    says: ["config disable_new_netns only works with 'none' internetworking_model"],
    pattern: /disable_new_netns.{0,80}(?:only works|conflict)/i,
    meaning: 'Kata’s configuration contradicts itself, and no pod starts.',
    cause:
      '`disable_new_netns = true` is for pods in the host’s network, and `internetworking_model` says how to connect a pod’s ' +
      'own namespace. An annotation of the pod (`io.katacontainers.config.runtime.…`) may have set either.',
    cure:
      'for DAN leave `disable_new_netns = false`: with `true`, the Go runtime never reads the file. If it must be `true`, ' +
      'set `internetworking_model = "none"`.',
  },
  {
    id: 'guest-interface-missing',
    from: 'Kata’s agent',
    says: ['update interface: Link not found (Address: 02:...)', 'interface not available: ...'],
    pattern:
      /link not found \((?:address|name|index)|update.?interface.{0,200}(?:no such device|os error 19|ENODEV)|interface not available/i,
    meaning: 'The guest has no interface with the MAC that the DAN file says.',
    cause:
      'The virtual machine was started without the device, or gave it another MAC: a vhost-user device whose MAC is not six ' +
      'groups of two digits gets none, and a hypervisor that cannot attach the device leaves it out. A guest kernel without ' +
      'virtio-net has none either.',
    cure:
      'compare `guest_mac` in `dan show SANDBOX` with the log of the virtual machine; `dan doctor` says whether this ' +
      'hypervisor can attach this kind of device.',
  },
  {
    id: 'guest-refuses-address',
    from: 'Kata’s agent',
    says: ['update interface: ... Received a netlink error message Invalid argument (os error 22)'],
    pattern: /update.?interface.{0,300}(?:invalid argument|os error 22|EINVAL)/i,
    meaning: 'The guest’s kernel refuses the interface as the DAN file has it.',
    cause: 'The MTU is below 68 or more than the device carries, or IPv6 addresses meet an MTU below 1280.',
    cure:
      '`dan validate FILE` names it. `dan` writes no such file: look with `dan show SANDBOX` whose entry it is, and whether ' +
      'it was edited.',
  },
  {
    id: 'guest-refuses-route',
    from: 'Kata’s agent',
    says: ['update routes: ... Received a netlink error message Invalid argument (os error 22)'],
    pattern: /(?:update|add).?routes?\b.{0,300}(?:invalid argument|os error 22|EINVAL|unreachable|os error 101)/i,
    meaning: 'The guest’s kernel refuses a route as the DAN file has it, and the sandbox fails.',
    cause:
      'The destination has bits set behind its prefix (`10.0.0.5/24` instead of `10.0.0.0/24`); a route with scope 253 has a ' +
      'gateway; or the gateway is in no subnet of the interface and the route lacks `"flags": 4` (onlink).',
    cure:
      '`dan validate FILE` names the route. `dan` writes destinations without host bits and sets onlink where it is needed: ' +
      'look with `dan show SANDBOX` whose entry it is, and whether it was edited.',
  },
  {
    id: 'guest-refuses-neighbor',
    from: 'Kata’s agent',
    says: ['Failed to add ARP neighbours: Unable to determine ip address of ARP neighbor'],
    pattern: /\barp neighbou?rs?\b/i,
    meaning: 'The guest’s agent cannot set a neighbor of the DAN file.',
    cause: 'Its address has no prefix: Kata’s Rust runtime then takes it for none, while the Go runtime wants it bare.',
    cure: 'set `runtime` of the network to the runtime that reads the file, and restart the pod.',
  },
];
