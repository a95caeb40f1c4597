import type { Command } from '../../command/command.ts';
import { shells } from './shells.ts';

/** `dan completion`. */
export const completionCommand: Command = {
  name: 'completion',
  summary: 'prints what makes a shell complete the commands of dan',
  description: [
    'The script asks dan itself for what fits, so it goes on fitting when dan is replaced. With words after the shell’s ' +
      'name it prints what may come next: that is what the script calls.',
  ],
  arguments: [
    { name: 'SHELL', kind: shells },
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
