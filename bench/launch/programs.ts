import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const directory = fileURLToPath(new URL('../../dist/bench/', import.meta.url));

/** The benchmark's own programs, by path. */
export interface Programs {
  /** Starts programs and measures them. */
  readonly launch: string;
  /** Sends frames back that come out of a tap. */
  readonly reflect: string;
  /** Sends frames and waits for them to come back. */
  readonly send: string;
  /** Does nothing, and is compiled by Bun as dan is. */
  readonly empty: string;
}

/** Compiles the benchmark's own programs; throws with what the compiler said. */
export async function compilePrograms(): Promise<Programs> {
  await mkdir(directory, { recursive: true });
  return {
    launch: await compileC('launch', new URL('launch.c', import.meta.url)),
    reflect: await compileC('reflect', new URL('../packets/reflect.c', import.meta.url)),
    send: await compileC('send', new URL('../packets/send.c', import.meta.url)),
    empty: await compileEmpty(),
  };
}

async function compileC(name: string, source: URL): Promise<string> {
  const program = `${directory}${name}`;
  await execa('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, fileURLToPath(source)]);
  return program;
}

async function compileEmpty(): Promise<string> {
  const [source, program] = [`${directory}empty.ts`, `${directory}empty`];
  await writeFile(source, 'export {};\n');
  await execa('bun', [fileURLToPath(new URL('../../build/compile.ts', import.meta.url)), source, program], {
    preferLocal: true,
  });
  return program;
}
