import type { Command } from '../command/command.ts';

/** What the first words of a line name: a command, with the words after its name, or a family of commands. */
export type Named =
  | { readonly is: 'command'; readonly command: Command; readonly rest: readonly string[] }
  /** A first word that several commands have; the second says which, and is missing or none of theirs. */
  | { readonly is: 'family'; readonly family: readonly Command[]; readonly rest: readonly string[] }
  | { readonly is: 'unknown' };

/** Finds the command that a line begins with. Names have one word or two. */
export function findCommand(line: readonly string[], commands: readonly Command[]): Named {
  for (const length of [2, 1]) {
    const name = line.slice(0, length).join(' ');
    const command = commands.find((one) => one.name === name);
    if (command !== undefined) return { is: 'command', command, rest: line.slice(length) };
  }
  const family = familyOf(line[0] ?? '', commands);
  return family.length > 0 ? { is: 'family', family, rest: line.slice(1) } : { is: 'unknown' };
}

/** The commands whose names have a first word and another. */
function familyOf(first: string, commands: readonly Command[]): readonly Command[] {
  return commands.filter(({ name }) => name.startsWith(`${first} `));
}

/** The first words of all names, each once. */
export function firstWords(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
}
