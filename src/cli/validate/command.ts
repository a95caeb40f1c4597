import { readerNames } from '../../dan/profile.ts';
import type { Command } from '../../command/command.ts';

/** `dan validate`. */
export const validateCommand: Command = {
  name: 'validate',
  summary: 'finds everything that is wrong in a network configuration or a DAN file',
  description: [
    'A network configuration (a list or a single one) is read as ADD reads it, but without a look at the node’s network. ' +
      'Of other plugins, only what concerns dan is checked; those that are on this node are asked which CNI versions they ' +
      'know.',
    'A DAN file (a document with "devices") is judged as its reader judges it: what the reader takes, drops silently, ' +
      'alters or refuses, and what the agent and the kernel in the guest then refuse.',
    'Informational remarks are reported as notes. They do not affect the exit code.',
  ],
  arguments: [{ name: 'FILE', kind: 'file' }],
  options: [
    {
      name: 'runtime',
      value: { name: 'READER', kind: readerNames },
      help: `who reads the DAN file: ${readerNames.join(', ')}; the first where it is not said`,
    },
    { name: 'json', help: 'prints the findings as JSON' },
  ],
  examples: [
    { line: 'dan validate /etc/cni/net.d/10-kata.conflist', what: 'before the container runtime reads it' },
    { line: 'dan validate --runtime go /run/kata-containers/dans/4f1c.json', what: 'would Kata’s Go runtime take it?' },
    { line: 'kubectl get net-attach-def kata-net -o jsonpath={.spec.config} | dan validate -', what: 'from stdin' },
  ],
  load: async () => (await import('./validate.ts')).validate,
};
