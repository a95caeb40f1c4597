import type { Message } from './message.ts';

/** What programs on the way put around the message of another: the least telling, where anything else matches. */
export const framingMessages: readonly Message[] = [
  {
    id: 'dan-failed',
    from: 'libcni',
    says: ['plugin type="dan" failed (add): ... [name]'],
    pattern: /plugin type=\W{0,3}dan\W{0,3} (?:name=\S+ )?failed \(add\)/i,
    meaning: 'An ADD of `dan` failed. What was made was taken back.',
    cause: 'What follows in the message; its stable name stands in brackets at the end.',
    cure: '`dan explain` with that name. Where the event is cut, the runtime’s log has all of it (`journalctl -u containerd`).',
  },
  {
    id: 'network-of-sandbox',
    from: 'containerd',
    says: ['failed to setup network for sandbox "...": ...'],
    pattern: /failed to set ?up network for sandbox|failed to create pod network sandbox/i,
    meaning: 'The runtime made the pod’s sandbox and a plugin of its network failed, not the virtual machine.',
    cause: 'What follows in the message: which plugin it was, and what it said.',
    cure: 'as that says. Without the rest, see the runtime’s log (`journalctl -u containerd`, `journalctl -u crio`).',
  },
  {
    id: 'pod-sandbox',
    from: 'the kubelet',
    says: ['FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = ...'],
    pattern:
      /FailedCreatePodSandBox|failed to create (?:pod sandbox|sandbox for pod)|FailedKillPod|KillPodSandboxError/i,
    meaning: 'The container runtime could not start or stop the pod’s sandbox; the kubelet tries again and again.',
    cause: 'What follows behind `desc =`: the runtime’s own message.',
    cure:
      'as that says. If nothing follows that is known here, `dan doctor` on the node of the pod says what would keep DAN ' +
      'pods from starting.',
  },
];
