import { readerNames } from '../../dan/profile.ts';
import type { Command } from '../../command/command.ts';

/** `dan validate`. */
export const validateCommand: Command = {
  name: 'validate',
  summary: 'tells what is wrong in a network configuration or a DAN file, all at once',
  description: [
    'A network configuration (a list or a single one) is read by the code that ADD reads it with, without a look at the ' +
      'node. Of other plugins only what concerns dan is looked at.',
    'A DAN file (what has "devices") is judged as its reader judges it: what it takes, what it drops silently, what it ' +
      'alters, what it refuses, and what the agent and the kernel in the guest refuse then.',
    'What is only worth knowing is a note, and no finding.',
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
