import type { Command } from '../../command/command.ts';

/** `dan show`. */
export const showCommand: Command = {
  name: 'show',
  summary: 'shows everything about one sandbox: records, links, ports, its DAN file, its lock',
  description: [
    'SANDBOX is the pod sandbox id that "crictl pods" shows, or any unambiguous beginning of it. The output includes the ' +
      'result of CHECK for each attachment.',
  ],
  arguments: [{ name: 'SANDBOX', kind: 'sandbox' }],
  options: [{ name: 'json', help: 'prints everything as JSON' }],
  examples: [
    { line: 'dan show 3f9c1e7a02b4d', what: 'a sandbox, by the beginning of its id' },
    { line: "dan show 3f9c1 --json | jq '.attachments[].entry'", what: 'its entries in the DAN file' },
  ],
  load: async () => (await import('./show.ts')).show,
};
