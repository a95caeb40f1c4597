import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const directory = fileURLToPath(new URL('../../dist/bench/', import.meta.url));

/** Paths of the benchmark's own programs. */
export interface Programs {
  /** Starts programs and measures them. */
  readonly launch: string;
  /** Holds a tap open as a VMM does, and sends frames out of it. */
  readonly guest: string;
  /** Sends frames towards a tap. */
  readonly send: string;
  /** Does nothing, and is linked statically like dan. */
  readonly empty: string;
}

/** Compiles the benchmark's own programs; throws with the compiler's output. */
export async function compilePrograms(): Promise<Programs> {
  await mkdir(directory, { recursive: true });
  return {
    launch: await compileC('launch', new URL('launch.c', import.meta.url)),
    guest: await compileC('guest', new URL('../packets/guest.c', import.meta.url)),
    send: await compileC('send', new URL('../packets/send.c', import.meta.url)),
    empty: await compileC('empty', new URL('empty.c', import.meta.url), ['-static']),
  };
}

async function compileC(name: string, source: URL, options: readonly string[] = []): Promise<string> {
  const program = `${directory}${name}`;
  await execa('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', ...options, '-o', program, fileURLToPath(source)]);
  return program;
}
