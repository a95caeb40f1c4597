import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { executable } from '../harness/plugin.ts';

const typed = fileURLToPath(new URL('typed.py', import.meta.url));
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-completion-'));
  symlinkSync(executable, join(directory, 'dan'));
  writeFileSync(join(directory, 'kata.toml'), '');
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** For each shell: a script that asks it, without a terminal, how it would complete a line. */
const shells = {
  bash: [
    'source <(dan completion bash)',
    'ask() { COMP_WORDS=(dan "$@"); COMP_CWORD=$#; COMPREPLY=(); _dan; printf "%s\\n" "${COMPREPLY[@]:-FILES}"; }',
    'ask "$@"',
  ].join('\n'),
  // The widgets need a terminal; the functions that they call are replaced.
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

/** Words that a shell would expand if they were not quoted. */
const odd = [
  'o$(touch odd)',
  'o`touch odd`',
  'o*',
  'o b',
  "o'b",
  'o"b',
  'o;b',
  'o~',
  'o\\\\b',
  'o{a,b}',
  'o|b',
  'o&b',
  'o#',
  'o!1',
];

test('bash puts nothing on a line that it would expand', async () => {
  const bin = join(directory, 'odd');
  mkdirSync(bin);
  writeFileSync(join(bin, 'words'), odd.map((word) => `${word}\n`).join(''));
  const stub = `#!/bin/sh\n[ "$3" != -- ] || exec cat ${bin}/words\nexec ${directory}/dan "$@"\n`;
  writeFileSync(join(bin, 'dan'), stub, { mode: 0o755 });
  const ask = ['source <(dan completion bash)', 'COMP_WORDS=(dan show o); COMP_CWORD=2; _dan'].join('; ');
  const script = `${ask}; eval "printf '%s\\n' \${COMPREPLY[*]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', script], {
    cwd: bin,
    env: { PATH: `${bin}:/usr/bin:/bin` },
    extendEnv: false,
  });
  expect(stdout.split('\n')).toEqual(odd);
});

/** Each shell as users run it, and the command that sets up completion for dan. */
const interactive = {
  bash: [['/bin/bash', '--norc', '-i'], 'source <(dan completion bash)'],
  zsh: [['/usr/bin/zsh', '-f', '-i'], 'autoload -Uz compinit; compinit -u -D; source <(dan completion zsh)'],
  fish: [['/usr/bin/fish', '--no-config', '-i'], 'dan completion fish | source'],
} as const;

test.each(Object.entries(interactive))(
  'a word that is completed in %s reaches the program as it is, and nothing of it is carried out',
  async (shell, [command, setup]) => {
    const home = join(directory, shell);
    mkdirSync(home);
    // The file always appears complete: a program that the line calls writes it, and renames it.
    const stub = `#!/bin/sh
case "$1 $3" in
  'completion --') cat ${home}/words ;;
  completion*) exec ${directory}/dan "$@" ;;
  *) printf '%s\\0' "$@" >${home}/run; mv ${home}/run ${home}/ran ;;
esac
`;
    writeFileSync(join(home, 'dan'), stub, { mode: 0o755 });
    const { stdout } = await execa('python3', [typed, home, JSON.stringify(odd), setup, ...command]);
    expect(JSON.parse(stdout)).toEqual(odd.map((word) => ['show', word]));
    expect(readdirSync(home)).not.toContain('odd');
  },
);

test.each(['bash', 'zsh', 'fish'] as const)('%s completes files where a file is wanted', async (shell) => {
  const files = await ask(shell, ['doctor', '--kata-config', 'k']);
  expect(files).toEqual(shell === 'fish' ? ['kata.toml'] : ['FILES']);
});
