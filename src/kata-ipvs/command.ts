import { type Command, row } from '../command/command.ts';
import texts from './command.json' with { type: 'json' };

/** `dan kata-ipvs`. */
export const kataIpvsCommand: Command = row('kata-ipvs', texts, {
  arguments: [
    { name: 'COMMAND', kind: ['ipvsadm', 'cleanup'] },
    { name: 'SANDBOX', kind: 'sandbox' },
  ],
  options: {
    parameters: { name: 'WORDS', kind: 'text', dashes: true },
    restore: { name: '-', kind: ['-'] },
    netns: { name: 'PATH', kind: 'file' },
    exec: { name: 'COMMAND', kind: 'text' },
  },
  load: async () => (await import('./kata-ipvs.ts')).kataIpvs,
});
