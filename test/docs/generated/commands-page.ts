import type { Command } from '../../../src/command/command.ts';
import { optionAsTyped, usageOf } from '../../../src/cli/help.ts';
import { wrap } from '../../../src/cli/text/wrap.ts';

/** Columns of a paragraph. */
const width = 120;

/** The page of all commands, generated from the table that parsing and help use. */
export function commandsPage(commands: readonly Command[]): string {
  return [
    '# Commands',
    '',
    'This page is for operators of a node: every command, its options and examples. `dan --help` lists the commands, and',
    '`dan COMMAND --help` explains one; the page is generated from the same table. With `CNI_COMMAND` in its environment,',
    'the executable is a CNI plugin instead.',
    '',
    '| you want to know                   | run                                  |',
    '| ---------------------------------- | ------------------------------------ |',
    '| why a pod does not start           | `dan doctor`, `dan explain MESSAGE`  |',
    '| what is attached, and what is left | `dan list`, `dan show SANDBOX`       |',
    '| whether a configuration is right   | `dan validate FILE`, `dan plan FILE` |',
    '| how to install or remove it        | `dan install`, `dan uninstall`       |',
    '',
    'Exit codes: 0 for success, 1 if something was found or failed, 2 for wrong use. Output has colours only on a terminal;',
    '`NO_COLOR` switches them off.',
    '',
    ...commands.flatMap((command) => [
      `## dan ${command.name}`,
      '',
      wrap(`\`${usageOf(command)}\`: ${command.summary}.`, width),
      ...command.description.flatMap((paragraph) => ['', wrap(paragraph, width)]),
      ...pictureOf(command.name),
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

/** Descriptions of the pictures of commands that `npm run picture` draws. */
const pictures: Readonly<Record<string, string>> = {
  doctor:
    'dan doctor on a terminal: checks that are ok, and a bridge that is down, why that matters, and the command that fixes it',
  show: 'dan show on a terminal: the device, the guest’s MAC and address, the files, the counters, and the result of CHECK',
};

function pictureOf(name: string): readonly string[] {
  const words = pictures[name];
  if (words === undefined) return [];
  const file = `drawings/terminal-${name}`;
  return [
    ...['', '<picture>', `  <source media="(prefers-color-scheme: dark)" srcset="${file}-dark.svg">`],
    ...[`  <img alt="${words}" src="${file}-light.svg">`, '</picture>'],
  ];
}

function optionLine(option: Command['options'][number]): string {
  return `- \`${optionAsTyped(option)}\`: ${option.help}`;
}
