import type { Machine } from '../guest/machine.ts';

/** The same machine in another one of its network namespaces: `nsenter` starts every command there. */
export function inNamespace(machine: Machine, netns: string): Machine {
  const enter = (command: string, args: readonly string[]): readonly string[] => [
    `--net=${netns}`,
    '--',
    command,
    ...args,
  ];
  return {
    directory: machine.directory,
    spawn: (command, args, options) => machine.spawn('nsenter', enter(command, args), options),
    run: (command, args, options) => machine.run('nsenter', enter(command, args), options),
  };
}
