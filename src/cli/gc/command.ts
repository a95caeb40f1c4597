import type { Command } from '../../command/command.ts';

/** `dan gc`. */
export const gcCommand: Command = {
  name: 'gc',
  summary: 'removes attachments that nobody has any more, with their addresses',
  description: [
    'Nobody has an attachment any more if the namespace of its pod is gone, no shim serves its sandbox, and no program has its ' +
      'tap or socket open. So it is when a runtime was killed, or when its DEL failed before it came to dan. What was made ' +
      'or changed within the last five minutes stays: its runtime may still call DEL.',
    'ADD and DEL do the same on their own, for some attachments every two minutes at most. This command looks at all of them ' +
      'at once.',
    'What has no record is not removed: "dan list --orphans" shows it.',
  ],
  arguments: [],
  options: [{ name: 'dry-run', help: 'prints what would be removed, and removes nothing' }],
  examples: [
    { line: 'dan gc --dry-run', what: 'shows what nobody has any more' },
    { line: 'dan gc', what: 'removes it' },
  ],
  load: async () => (await import('./gc.ts')).gc,
};
