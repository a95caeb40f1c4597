import type { Command } from '../../../src/command/command.ts';
import { optionAsTyped, usageOf } from '../../../src/cli/help.ts';
import { wrap } from '../../../src/cli/text/wrap.ts';

/** Columns of a paragraph. */
const width = 120;

/** The page of all commands, generated from the table that parsing and help go by. */
export function commandsPage(commands: readonly Command[]): string {
  return [
    '# Commands',
    '',
    'Without `CNI_COMMAND`, the executable is a tool for the operator of a node. `dan --help` lists the commands,',
    '`dan COMMAND --help` explains one. This page is generated from the same table as the help.',
    '',
    'Exit codes: 0 for success, 1 if something was found or failed, 2 for wrong use. Only terminals get colours; `NO_COLOR`',
    'switches them off.',
    '',
    ...commands.flatMap((command) => [
      `## dan ${command.name}`,
      '',
      wrap(`\`${usageOf(command)}\`: ${command.summary}.`, width),
      ...command.description.flatMap((paragraph) => ['', wrap(paragraph, width)]),
      ...(command.options.length === 0 ? [] : ['', 'Options:', '', ...command.options.map(optionLine)]),
      '',
      'Examples:',
      '',
      ...command.examples.map(({ line, what }) => `- \`${line}\`: ${what}`),
      '',
    ]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

function optionLine(option: Command['options'][number]): string {
  return `- \`${optionAsTyped(option)}\`: ${option.help}`;
}
