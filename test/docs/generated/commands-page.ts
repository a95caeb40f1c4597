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
    'Started without `CNI_COMMAND`, the executable is a tool for the operator of a node. `dan --help` lists the commands,',
    '`dan COMMAND --help` tells about one. Generated from the table that both are made from.',
    '',
    'Exit codes: 0 all is fine, 1 something was found or failed, 2 wrong use. Colours are for a terminal alone; `NO_COLOR`',
    'switches them off there, too.',
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
