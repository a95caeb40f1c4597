import type { Command } from '../../command/command.ts';

/** `dan doctor`. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'tells whether a DAN pod will start on this node, and if not, why',
  description: [
    'It looks at the kernel, the programs dan runs, Kata’s configuration, the container runtime’s CNI configuration, ' +
      'Open vSwitch and what dan left behind, and says for each finding what was seen, why it matters and what fixes ' +
      'it. It changes nothing: what has to be made to be sure, such as a tap, is made in a namespace that ends with it.',
  ],
  arguments: [],
  options: [
    { name: 'json', help: 'prints the findings as JSON' },
    {
      name: 'kata-config',
      value: { name: 'FILE', kind: 'file' },
      help: 'the Kata configuration.toml that is used, where it is not found by itself',
    },
    {
      name: 'root',
      value: { name: 'DIRECTORY', kind: 'directory' },
      help: 'where the node’s file system is mounted; only files are looked at then',
    },
  ],
  examples: [
    { line: 'dan doctor', what: 'looks at this node' },
    { line: 'dan doctor --json', what: 'the same, for a program' },
    { line: 'dan doctor --kata-config /etc/kata-containers/configuration.toml', what: 'with that file of Kata’s' },
  ],
  load: async () => (await import('./doctor.ts')).doctor,
};
