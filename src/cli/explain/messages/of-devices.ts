import type { Message } from './message.ts';

/** Messages about the devices that a virtual machine opens on the node. */
export const deviceMessages: readonly Message[] = [
  {
    id: 'vhost-net-missing',
    from: 'Kata',
    says: [
      'Could not setup vhost fds eth0 : open /dev/vhost-net: no such file or directory',
      'vhost-net requested but could not be initialized',
    ],
    pattern:
      /could not setup vhost fds|\/dev\/vhost-net.{0,80}no such (?:file|device)|vhost-net requested but could not be/i,
    meaning:
      'The virtual machine’s interface is to be served by the kernel’s vhost-net, and the node has no `/dev/vhost-net`. ' +
      'This is about the node, whatever the network: no CNI plugin is at fault.',
    cause: 'The kernel module `vhost_net` is not loaded, or this kernel was built without it.',
    cure:
      '`modprobe -a kvm vhost vhost_net vhost_vsock`, and a line for each in `/etc/modules-load.d/kata.conf` so that they ' +
      'are there after the next start. A feature gate of Kubernetes for device plugins does not help, though it is often ' +
      'advised: Kata’s runtime opens the device on the node, not the pod. Where the kernel lacks the module, the Go ' +
      'runtime does without it with `disable_vhost_net = true`; under the Rust runtime, QEMU opens it even then.',
  },
  {
    id: 'vhost-vsock-missing',
    from: 'Kata',
    says: [
      "host system doesn't support vsock: stat /dev/vhost-vsock: no such file or directory",
      'open /dev/vhost-vsock: no such device',
    ],
    pattern: /\/dev\/vhost-vsock.{0,80}no such (?:file|device)|doesn't support vsock/i,
    meaning: 'Kata’s runtime cannot talk to the agent in the guest, so no pod starts; the network has no part in it.',
    cause: 'The kernel module `vhost_vsock` is not loaded, or another hypervisor’s vsock module has its place.',
    cure:
      '`modprobe -a vhost_vsock`, and a line in `/etc/modules-load.d/kata.conf`. Says it `no such device`, look with ' +
      '`lsmod | grep vsock` for `vmw_vsock_vmci_transport` and unload that first.',
  },
  {
    id: 'tap-mode',
    from: 'the virtual machine monitor',
    says: [
      'TUNSETIFF: Invalid argument (os error 22)',
      'could not configure /dev/net/tun (dan...): Invalid argument',
      'open tap device failed: ... Invalid argument (os error 22)',
    ],
    pattern:
      /(?:TUNSETIFF|\/dev\/net\/tun|tap device failed|TUN\/TAP|TapOpen|CreateTap|IfreqExecute).{0,200}(?:invalid ?argument|EINVAL|os error 22|code: 22)|unable to create multiple fds for tap/i,
    meaning: 'The tap is there, but not of the kind that the virtual machine monitor opens it as.',
    cause:
      'It was made with several queues and is opened with one, or the reverse: the kernel refuses both. Or its name is ' +
      'that of a macvtap, which is not opened through `/dev/net/tun` at all.',
    cure:
      '`ip -d link show <tap>` says `multi_queue on` or not. Set `queues` of the network to what the runtime asks for: Kata ' +
      '4.0 and later take the number of the file (`"runtime": "runtime-rs"`), before that `network_queues` of Kata’s ' +
      'configuration counts, and `queues` must equal it (`"runtime": "runtime-rs-3"`). A macvtap needs a reader of its own: ' +
      'no runtime of Kata opens one from a DAN file. Then restart the pod.',
  },
  {
    id: 'tap-busy',
    from: 'the virtual machine monitor',
    says: [
      'open tap device failed: ... Resource busy (os error 16)',
      'could not configure /dev/net/tun (dan...): Device or resource busy',
    ],
    pattern:
      /(?:TUNSETIFF|\/dev\/net\/tun|tap device failed|TUN\/TAP|TapOpen|CreateTap).{0,200}(?:resource busy|EBUSY|os error 16|code: 16)/i,
    meaning: 'The tap is there, and another process has it open.',
    cause:
      'An earlier virtual machine of the same sandbox still runs: Kata’s runtime was killed, or `keep_abnormal` is set.',
    cure:
      '`grep -l "iff:.*<tap>" /proc/[0-9]*/fdinfo/*` names the process by its number; end that virtual machine, then restart ' +
      'the pod.',
  },
  {
    id: 'tap-gone',
    from: 'Kata',
    says: ['create a dan... tap endpoint', 'Device "dan3f9c1e7a02b" does not exist'],
    pattern:
      /create a \S+ tap endpoint|tap endpoint.{0,200}(?:not found|no such device|os error 19)|"?\bdan[0-9a-f]{11}\b"?.{0,60}(?:does not exist|not found|no such device)/i,
    meaning: 'Kata’s runtime does not find the tap that the DAN file names.',
    cause:
      'Somebody deleted or renamed it after ADD, such as NetworkManager or a rule of udev; or the file says a `netns` in ' +
      'which it is not: Kata’s Rust runtime looks for taps in the host’s namespace, before it enters that of the file.',
    cure:
      '`dan show SANDBOX` shows the file beside the links. Restart the pod; if it happens again, `dan doctor` names what on ' +
      'this node takes links over. A network of the profile `generic` is not for Kata’s own runtimes.',
  },
  {
    id: 'vhost-user-socket',
    from: 'Kata',
    says: ['create a vhost user endpoint, path: ...: ... Address already in use (os error 98)'],
    pattern:
      /create a vhost user endpoint|vhost.?user.{0,200}(?:address already in use|os error 98|EADDRINUSE)|(?:address already in use|EADDRINUSE).{0,200}vhost.?user/i,
    meaning: 'The virtual machine cannot bind its vhost-user socket.',
    cause:
      'A file is in its place. In Kata the virtual machine is the server of the socket, and it takes no path that exists: ' +
      'the switch was configured as a server too (`dpdkvhostuser` instead of `dpdkvhostuserclient`), or the file is what a ' +
      'virtual machine left that was killed.',
    cure:
      '`ss -xlp | grep <path>` says whether somebody listens there. If so, make that a client; if not, restart the pod: ' +
      'DEL and ADD remove a socket that nobody listens on. Kata’s QEMU, Cloud Hypervisor and Firecracker take no ' +
      'vhost-user device at all; Dragonball does.',
  },
];
