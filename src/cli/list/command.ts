import type { Command } from '../../command/command.ts';

/** `dan list`. */
export const listCommand: Command = {
  name: 'list',
  summary: 'lists the attachments of this node, and whether their parts fit',
  description: [
    'An attachment has a record, an entry in the sandbox’s DAN file, links, and with Open vSwitch a port. The command reads ' +
      'them without blocking anything. The state is "attached" if all parts are there as they were made; "altered" if ' +
      'somebody changed one; "incomplete" if some are missing; "orphan" if nobody will need what is left, as after an ADD ' +
      'that was killed or when a pod’s namespace is gone; "changing" while an ADD or DEL runs; "unsure" if a place could ' +
      'not be read.',
    'Ids are shortened as crictl shortens them, but never so that two look alike; --json has the whole ids.',
  ],
  arguments: [],
  options: [
    { name: 'json', help: 'prints the attachments as JSON' },
    { name: 'orphans', help: 'only those whose parts do not fit, with what is left and how to repair it' },
  ],
  examples: [
    { line: 'dan list', what: 'everything that is attached' },
    { line: 'dan list --orphans', what: 'what is left, with the command that removes each' },
    { line: "dan list --json | jq -r '.attachments[].sandbox'", what: 'the whole ids of the sandboxes' },
  ],
  load: async () => (await import('./list.ts')).list,
};
