import { isConfFile } from '../../config/conf-list.ts';

/** A runtime handler, as far as its network configurations go. */
export interface Handler {
  readonly name: string;
  readonly isKata: boolean;
  /** Its `cni_conf_dir`, or containerd's `conf_dir`; every symbolic link in it followed. */
  readonly confDir: string;
  readonly ownConfDir: boolean;
  /** How many files of its directory it takes; 0 means all. */
  readonly maxConfNum: number;
}

/** A directory of network configurations, as it will be. */
export interface ConfDir {
  readonly path: string;
  /** The names in it. */
  readonly names: readonly string[];
}

/** The directories that Kata's handlers, and they alone, are told to look into; sorted. */
export function kataConfDirs(handlers: readonly Handler[]): readonly string[] {
  const own = handlers.filter(({ isKata, ownConfDir }) => isKata && ownConfDir);
  return [...new Set(own.map(({ confDir }) => confDir))].sort();
}

/** Why a file in a directory would hold for more than Kata's pods, or might not hold at all; empty: it is dan's alone. */
export function sharedBy({ path, names }: ConfDir, ours: string, handlers: readonly Handler[]): readonly string[] {
  const strangers = handlers.filter(({ confDir, isKata }) => confDir === path && !isKata).map(({ name }) => name);
  const files = networkFiles(names).filter((name) => name !== ours);
  return [
    ...(strangers.length === 0
      ? []
      : [`containerd’s ${handlersText(strangers)} ${strangers.length === 1 ? 'looks' : 'look'} there, too`]),
    ...(files.length === 0 ? [] : [`it already holds ${files.join(', ')}`]),
  ];
}

/**
 * Which files of a directory each handler takes once `ours` is in it, as sentences: the first ones by name, as many as
 * its `max_conf_num` says.
 */
export function choices({ path, names }: ConfDir, ours: string, handlers: readonly Handler[]): readonly string[] {
  const files = networkFiles([...names.filter((name) => name !== ours), ours]);
  const users = handlers.filter(({ confDir }) => confDir === path);
  if (users.length === 0) return [`${path}: a runtime that takes one file from there takes ${files[0] ?? ours}`];
  return users.map(({ name, isKata, maxConfNum }) => {
    const taken = maxConfNum === 0 ? files : files.slice(0, maxConfNum);
    const says = `${path}: containerd’s handler ${name} takes ${taken.join(', ')}`;
    if (isKata && !taken.includes(ours)) return `${says}, not ${ours}: Kata’s pods do not get it`;
    if (!isKata && taken.includes(ours)) return `${says}: its pods get no network that they could use`;
    return says;
  });
}

/** `handler a`, or `handlers a, b`. */
export function handlersText(names: readonly string[]): string {
  return `handler${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

function networkFiles(names: readonly string[]): readonly string[] {
  return names.filter(isConfFile).sort();
}
