import { build, type Plugin } from 'bun';

/** What an executable is compiled with, beside its entry point. */
interface Additions {
  readonly plugins?: readonly Plugin[];
  /** Files that runs of an earlier build wrote: what they needed of the bytecode lies together. */
  readonly bytecodeOrder?: readonly string[];
}

/** Compiles an entry point and all that it imports into one executable. Throws with what the bundler says is wrong. */
export async function compile(entry: string, outfile: string, additions: Additions = {}): Promise<void> {
  const { plugins = [], bytecodeOrder = [] } = additions;
  await build({
    entrypoints: [entry],
    target: 'bun',
    format: 'esm',
    minify: true,
    splitting: true,
    bytecode: true,
    plugins,
    compile: {
      outfile,
      // Files of the directory that it is called in are none of its business.
      autoloadDotenv: false,
      autoloadBunfig: false,
      // It ends before machine code could pay.
      jitPolicy: 1000,
      ...(bytecodeOrder.length === 0 ? {} : { bytecodeOrder }),
    },
  });
}

// By itself, for programs that are to be compared with dan's: the entry point and the executable are its arguments.
if (import.meta.main) {
  const [entry = '', outfile = ''] = process.argv.slice(2);
  await compile(entry, outfile);
}
