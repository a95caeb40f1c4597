import type { Command } from '../../command/command.ts';
import { scripts } from './scripts.ts';

/** `dan completion`. */
export const completionCommand: Command = {
  name: 'completion',
  summary: 'prints a script that makes a shell complete the commands of dan',
  description: [
    'The script asks dan itself for the words that fit, so it stays valid when dan is replaced. With words after the ' +
      'shell’s name, the command prints what may come next: this is what the script calls.',
  ],
  arguments: [
    { name: 'SHELL', kind: [...scripts.keys()] },
    { name: 'WORDS', kind: 'text', optional: true, repeated: true },
  ],
  options: [],
  examples: [
    { line: 'source <(dan completion bash)', what: 'for this shell' },
    { line: 'dan completion bash > /etc/bash_completion.d/dan', what: 'for every bash' },
    { line: 'dan completion zsh > /usr/share/zsh/vendor-completions/_dan', what: 'for every zsh' },
    { line: 'dan completion fish > /etc/fish/completions/dan.fish', what: 'for every fish' },
  ],
  load: async () => (await import('./completion.ts')).completion,
};
