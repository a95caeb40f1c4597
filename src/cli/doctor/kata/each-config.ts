import type { KataConfigFile } from '../../../node/kata-config.ts';
import type { DanPlugin } from '../../../node/cni/network.ts';
import type { NodeFacts } from '../node.ts';
import type { KataUse } from './facts.ts';

/** A configuration of Kata with every way in which it is used. */
export interface UsedConfig {
  readonly file: KataConfigFile;
  readonly uses: readonly KataUse[];
  /** The networks of dan whose pods it is in force for. */
  readonly networks: readonly DanPlugin[];
  /** The file, and for which handlers it is in force: the beginning of what is told about it. */
  readonly label: string;
}

/** Why a question about Kata's configuration is not asked; undefined: it is. */
export function withoutConfig({ kata }: NodeFacts): string | undefined {
  return kata.uses.some(({ config }) => config.file !== undefined) ? undefined : 'no configuration of Kata was found';
}

/** The configurations that are in force, each once. */
export function usedConfigs({ kata }: NodeFacts): readonly UsedConfig[] {
  const files = kata.uses.flatMap(({ config }) => (config.file === undefined ? [] : [config.file]));
  const unique = files.filter((file, at) => files.findIndex((other) => other.path === file.path) === at);
  return unique.map((file) => {
    const uses = kata.uses.filter(({ config }) => config.file?.path === file.path);
    const networks = [...new Set(uses.flatMap((use) => use.networks))];
    return { file, uses, networks, label: labelOf(file, uses) };
  });
}

function labelOf({ path, dropIns }: KataConfigFile, uses: readonly KataUse[]): string {
  const handlers = [...new Set(uses.flatMap(({ handler }) => (handler === undefined ? [] : [`"${handler.name}"`])))];
  const withDropIns = dropIns.length === 0 ? path : `${path} with ${dropIns.join(', ')}`;
  if (handlers.length === 0) return withDropIns;
  return `${withDropIns} (handler${handlers.length === 1 ? '' : 's'} ${handlers.join(', ')})`;
}
