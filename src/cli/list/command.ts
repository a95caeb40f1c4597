import type { Command } from '../../command/command.ts';

/** `dan list`. */
export const listCommand: Command = {
  name: 'list',
  summary: 'lists the attachments of this node, and whether their parts fit',
  description: [
    'An attachment has a record of dan’s, an entry in the sandbox’s DAN file, links, and with Open vSwitch a port. They ' +
      'are read side by side, without holding anybody up. The state is "attached" where all are there as they were made; ' +
      '"altered" where somebody changed one; "incomplete" where some are missing; "orphan" where nobody will need what is ' +
      'left, as after an ADD that was killed or where a pod’s namespace is gone; "changing" while an ADD or DEL is at ' +
      'work; "unsure" where a place could not be read.',
    'Ids are cut as crictl cuts them, but never so that two look alike; --json has them whole.',
  ],
  arguments: [],
  options: [
    { name: 'json', help: 'prints the attachments as JSON' },
    { name: 'orphans', help: 'only those whose parts do not fit, with what is left and what mends it' },
  ],
  examples: [
    { line: 'dan list', what: 'everything that is attached' },
    { line: 'dan list --orphans', what: 'what is left over, with the command that removes each' },
    { line: "dan list --json | jq -r '.attachments[].sandbox'", what: 'the whole ids of the sandboxes' },
  ],
  load: async () => (await import('./list.ts')).list,
};
