import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executable } from '../harness/plugin.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-completion-'));
  symlinkSync(executable, join(directory, 'dan'));
  writeFileSync(join(directory, 'kata.toml'), '');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** For each shell: what asks it, without a terminal, for what it would complete a line with. */
const shells = {
  bash: [
    'source <(dan completion bash)',
    'ask() { COMP_WORDS=(dan "$@"); COMP_CWORD=$#; COMPREPLY=(); _dan; printf "%s\\n" "${COMPREPLY[@]:-FILES}"; }',
    'ask "$@"',
  ].join('\n'),
  // Only a terminal has the widgets: the functions that they call stand in for them.
  zsh: [
    'compdef() { :; }; compadd() { shift; print -rl -- "$@"; }; _files() { print FILES; }',
    'source <(dan completion zsh)',
    'words=(dan "$@"); CURRENT=$#words; _dan',
  ].join('\n'),
  fish: 'dan completion fish | source; complete -C "dan $argv"',
} as const;

async function ask(shell: keyof typeof shells, line: readonly string[]): Promise<readonly string[]> {
  const options = { cwd: directory, env: { PATH: `${directory}:/usr/bin:/bin`, HOME: directory }, extendEnv: false };
  const args = {
    bash: ['--norc', '-c', shells.bash, 'bash', ...line],
    zsh: ['-f', '-c', shells.zsh, 'zsh', ...line],
    fish: ['--no-config', '-c', shells.fish, ...line],
  };
  const { stdout } = await execa(shell, args[shell], options);
  return stdout.split('\n').sort();
}

test.each(['bash', 'zsh', 'fish'] as const)('%s completes commands and options', async (shell) => {
  expect(await ask(shell, ['doc'])).toEqual(['doctor']);
  expect(await ask(shell, ['doctor', '--ka'])).toEqual(['--kata-config']);
  expect(await ask(shell, ['completion', 'f'])).toEqual(['fish']);
});

test.each(['bash', 'zsh', 'fish'] as const)('%s completes files where a file is wanted', async (shell) => {
  const files = await ask(shell, ['doctor', '--kata-config', 'k']);
  expect(files).toEqual(shell === 'fish' ? ['kata.toml'] : ['FILES']);
});
