import { chmod, readFile, rename } from 'node:fs/promises';
import { SourceMap, type SourceMapping } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type OutputChunk, type Plugin } from 'rolldown';

const root = fileURLToPath(new URL('../', import.meta.url));

/** The modules of the executable. */
export interface Bundle {
  /** The modules that are evaluated at build time: the entry point and its imports, the plugin's code path. */
  readonly evaluated: readonly string[];
  /** Modules that are loaded when they are used: the command line's. */
  readonly later: readonly string[];
  /** The source position of each line of these modules, as JSON. */
  readonly positions: string;
}

/** Embeds files as texts. */
const textFiles: Plugin = {
  name: 'files-as-text',
  load: {
    filter: { id: /\.conflist$|\/deploy\/host\// },
    handler: async (id) => ({ code: `export default ${JSON.stringify(await readFile(id, 'utf8'))}`, moduleType: 'js' }),
  },
};

/** The program needs only the version from package.json. */
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
 * Imports each Node module as a whole. A named import that an old Node does not have would fail before the first line
 * of the program, which reports that this Node is too old.
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

/** Bundles an entry point and its imports for the executable's host, into a directory. `more` is for tests. */
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
      // Names stay, for stack traces.
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

/** Writes the program for Node, as an executable file. `more` is for tests. */
export async function bundleForNode(outfile: string, more: readonly Plugin[] = []): Promise<void> {
  const fresh = `${outfile}.new`;
  await build({
    cwd: root,
    input: 'src/main-on-node.ts',
    platform: 'node',
    plugins: [textFiles, versionOnly, wholeBuiltins, ...more],
    // A Node that is too old can parse the program, which then reports that.
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

/** The source position of a place; empty for code that the bundler added. */
type Entry = Partial<SourceMapping>;

// For each line of a module, the number of its source file and its line there; -1 for code that the bundler added.
function positionsOf(chunks: readonly OutputChunk[], directory: string) {
  const files: string[] = [];
  const modules: Record<string, number[]> = {};
  for (const { code, fileName, map } of chunks) {
    // A chunk of the bundler's own code has no source.
    if (map === null) {
      modules[fileName] = code.split('\n').flatMap(() => [-1, 0]);
      continue;
    }
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
