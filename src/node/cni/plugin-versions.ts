import { minimalVariables, run } from '../../host/command.ts';
import type { Tree } from '../../host/tree.ts';
import { isObject } from '../../json/object.ts';
import type { PluginVersions } from '../list.ts';
import { isLive } from '../paths.ts';
import { lookAtPlugin } from './plugin-files.ts';

/** Seconds that a plugin may take to answer. */
const timeoutSeconds = 5;

/**
 * What libcni sets when it asks a plugin for its versions. Some plugins require all of these, but ignore their values
 * (libcni, pkg/invoke).
 */
const anything = {
  CNI_COMMAND: 'VERSION',
  ...{ CNI_CONTAINERID: 'dummy', CNI_NETNS: 'dummy', CNI_IFNAME: 'dummy', CNI_PATH: 'dummy' },
};

/** Asks each plugin which CNI versions it knows. `binDirs` is where the runtime looks for plugins. */
export async function askPlugins(
  tree: Tree,
  binDirs: readonly string[],
  types: readonly string[],
): Promise<readonly PluginVersions[]> {
  return await Promise.all(
    types.map(async (type) => {
      const { path, state } = lookAtPlugin(tree, binDirs, type);
      const isProgram = state.is === 'program' && isLive(tree);
      return { type, path, versions: path !== undefined && isProgram ? await ask(path) : undefined };
    }),
  );
}

async function ask(program: string): Promise<readonly string[] | undefined> {
  try {
    const { stdout } = await run(program, [], {
      input: '{"cniVersion":"1.0.0"}',
      timeoutSeconds,
      group: true,
      variables: { ...minimalVariables, ...anything },
    });
    const answer: unknown = JSON.parse(stdout);
    const versions: unknown = isObject(answer) ? answer['supportedVersions'] : undefined;
    return Array.isArray(versions) ? versions.map(String) : undefined;
  } catch {
    return undefined;
  }
}
