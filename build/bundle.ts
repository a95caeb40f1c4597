import { chmod, readFile, rename } from 'node:fs/promises';
import { SourceMap, type SourceMapping } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type OutputChunk, type Plugin } from 'rolldown';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The modules that the executable is made of. */
export interface Bundle {
  /** The module that is evaluated first, and those that it imports: the plugin's path. */
  readonly evaluated: readonly string[];
  /** Modules that are read when they are used: the command line's. */
  readonly later: readonly string[];
  /** Where the lines of all of them come from, as JSON. */
  readonly positions: string;
}

/** The texts that are embedded as they are. */
const textFiles: Plugin = {
  name: 'files-as-text',
  load: {
    filter: { id: /\.conflist$|\/deploy\/host\// },
    handler: async (id) => ({ code: `export default ${JSON.stringify(await readFile(id, 'utf8'))}`, moduleType: 'js' }),
  },
};

/** Of package.json, the version is all that the program needs. */
const versionOnly: Plugin = {
  name: 'version-of-package',
  load: {
    filter: { id: /\/package\.json$/ },
    handler: async (id) => {
      const { version } = JSON.parse(await readFile(id, 'utf8')) as { readonly version: string };
      return { code: `export default ${JSON.stringify({ version })}`, moduleType: 'js' };
    },
  },
};

/**
 * Imports each module of Node's whole. One that lacks a name which is imported fails before the first line of the program, which
 * would say that this Node is too old.
 */
const wholeBuiltins: Plugin = {
  name: 'whole-builtins',
  renderChunk(code) {
    let count = 0;
    return code.replaceAll(
      /^import (?:(?<whole>\* as [\w$]+)|(?<one>[\w$]+)?(?:, )?(?:\{ (?<names>[^}]*) \})?) from "(?<module>node:[^"]+)";$/gm,
      (line, ...found) => {
        const {
          whole,
          one,
          names = '',
          module,
        } = found.at(-1) as Partial<Record<'module' | 'names' | 'one' | 'whole', string>>;
        if (whole !== undefined) return line;
        const builtin = `$builtin${count++}`;
        const wanted = [...(one === undefined ? [] : [`default: ${one}`]), ...(names === '' ? [] : [names])].join(', ');
        return `import * as ${builtin} from "${module}"; const { ${wanted.replaceAll(' as ', ': ')} } = ${builtin};`;
      },
    );
  },
};

/** Writes the modules of an entry point, for the host of the executable, to a directory; `more` is for tests. */
export async function bundleForHost(entry: string, directory: string, more: readonly Plugin[] = []): Promise<Bundle> {
  const { output } = await build({
    cwd: root,
    input: { main: entry },
    platform: 'neutral',
    resolve: { conditionNames: ['dan-native', 'import', 'default'], mainFields: ['module', 'main'] },
    plugins: [textFiles, versionOnly, ...more],
    output: {
      dir: directory,
      format: 'esm',
      sourcemap: true,
      // Names stay, for traces.
      minify: { compress: true, mangle: false, codegen: false },
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      topLevelVar: true,
    },
  });
  const chunks = output.filter((file) => file.type === 'chunk');
  const evaluated = withImports('main.js', chunks);
  return {
    evaluated,
    later: chunks.map(({ fileName }) => fileName).filter((name) => !evaluated.includes(name)),
    positions: JSON.stringify(positionsOf(chunks, directory)),
  };
}

/** Writes the program for Node, a file that can be executed; `more` is for tests. */
export async function bundleForNode(outfile: string, more: readonly Plugin[] = []): Promise<void> {
  const fresh = `${outfile}.new`;
  await build({
    cwd: root,
    input: 'src/main-on-node.ts',
    platform: 'node',
    plugins: [textFiles, versionOnly, wholeBuiltins, ...more],
    // One that is too old can read it, and say so.
    transform: { target: 'node18' },
    output: { file: fresh, format: 'esm', banner: '#!/usr/bin/env node', codeSplitting: false },
  });
  await chmod(fresh, 0o755);
  await rename(fresh, outfile);
}

function withImports(name: string, chunks: readonly OutputChunk[], seen: string[] = []): string[] {
  if (seen.includes(name)) return seen;
  seen.push(name);
  const chunk = chunks.find(({ fileName }) => fileName === name);
  for (const imported of chunk?.imports ?? []) withImports(imported, chunks, seen);
  return seen;
}

/** Where a place comes from; what the bundler added comes from nowhere. */
type Entry = Partial<SourceMapping>;

// For each line of a module its source's number and line, one after the other; -1 for what the bundler added.
function positionsOf(chunks: readonly OutputChunk[], directory: string) {
  const files: string[] = [];
  const modules: Record<string, number[]> = {};
  for (const { code, fileName, map } of chunks) {
    if (map === null) throw new Error(`${fileName} has no source map`);
    const sources = new SourceMap({ ...map, file: fileName, sourceRoot: '', sourcesContent: [] });
    modules[fileName] = code.split('\n').flatMap((line, at) => {
      const { originalSource, originalLine, generatedLine } = sources.findEntry(at, line.search(/\S/) + 1) as Entry;
      if (originalSource === undefined || originalLine === undefined || generatedLine !== at) return [-1, 0];
      const file = relative(root, join(directory, originalSource));
      if (!files.includes(file)) files.push(file);
      return [files.indexOf(file), originalLine + 1];
    });
  }
  return { files, modules };
}
