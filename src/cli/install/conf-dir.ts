import { isConfFile } from '../../config/conf-list.ts';
import type { RuntimeHandler } from '../../config/containerd.ts';
import { accept, type Parsed, reject } from '../../model/parsed.ts';
import type { Containerd } from '../../node/containerd.ts';

/** The name under which a network configuration is installed: one for each directory, sorting before most others. */
export const configurationName = '10-dan.conflist';

/** The directory to propose if there is none. It is beside the one for the network configurations of other pods. */
const proposed = '/etc/cni/kata.d';

/** The part of a runtime handler that concerns network configurations. Symbolic links in its `confDir` are resolved. */
export type Handler = Pick<RuntimeHandler, 'confDir' | 'isKata' | 'maxConfNum' | 'name' | 'ownConfDir'>;

/** A directory of network configurations, in its future state. */
export interface ConfDir {
  readonly path: string;
  /** The names of its files. */
  readonly names: readonly string[];
}

/** The part of a node's container runtime that concerns network configurations. */
export interface Runtime {
  readonly containerd: Pick<Containerd, 'format' | 'isBefore2' | 'path' | 'version'> | undefined;
  readonly handlers: readonly Handler[];
}

/** Finds the one directory that belongs to Kata's handlers alone, or says why there is none. */
export function findConfDir({ handlers, containerd }: Runtime): Parsed<string> {
  const kata = handlers.filter(({ isKata }) => isKata);
  const own = new Set(kata.filter(({ ownConfDir }) => ownConfDir).map(({ confDir }) => confDir));
  const [path, ...others] = [...own].sort();
  if (path !== undefined && others.length === 0) return accept(path);
  if (path !== undefined) {
    const several = [path, ...others].join(', ');
    return reject(
      `Kata’s handlers have several directories of network configurations, ${several}: name one with --conf-dir`,
    );
  }
  if (containerd === undefined || kata.length === 0) {
    return reject(
      'dan found no containerd with a Kata handler on this node, so it does not know where the network configuration has ' +
        'to go: name the directory with --conf-dir; under CRI-O, install without --config and give the configuration to ' +
        'Multus',
    );
  }
  const fault = confDirFault(containerd.version);
  if (fault !== undefined) return reject(fault);
  const names = kata.map(({ name }) => name);
  return reject(
    `containerd’s ${handlersText(names)} ${names.length === 1 ? 'has' : 'have'} no cni_conf_dir, so a configuration would ` +
      'apply to every pod of this node, and a pod that is not Kata’s gets no network from dan. Give the directory with ' +
      `--conf-dir ${proposed}, and ${confDirAdvice(containerd, names, proposed)}`,
  );
}

/**
 * The effects of a configuration in a directory: which handler uses which file, and what containerd must still be
 * configured with.
 */
export function confDirNotes(confDir: ConfDir, { handlers, containerd }: Runtime): readonly string[] {
  const { path } = confDir;
  const kata = handlers.filter(({ isKata }) => isKata);
  const isUsed = kata.length === 0 || kata.some((handler) => handler.confDir === path);
  if (containerd === undefined || isUsed) return choices(confDir, handlers);
  const names = kata.map(({ name }) => name);
  const advice = confDirFault(containerd.version) ?? confDirAdvice(containerd, names, path);
  return [...choices(confDir, handlers), `no Kata handler looks into ${path} yet: ${advice}`];
}

/**
 * Why a configuration in a directory would apply to pods other than Kata's, or might not apply at all. Empty if the
 * directory is dan's alone.
 */
export function sharedBy({ path, names }: ConfDir, handlers: readonly Handler[]): readonly string[] {
  const strangers = handlers.filter(({ confDir, isKata }) => confDir === path && !isKata).map(({ name }) => name);
  const files = networkFiles(names).filter((name) => name !== configurationName);
  const looks = strangers.length === 1 ? 'looks' : 'look';
  return [
    ...(strangers.length === 0 ? [] : [`containerd’s ${handlersText(strangers)} ${looks} there, too`]),
    ...(files.length === 0 ? [] : [`it already holds ${files.join(', ')}`]),
  ];
}

/**
 * The files that each handler uses once the configuration is in the directory, as sentences: the first ones by name, as
 * many as its `max_conf_num`.
 */
export function choices({ path, names }: ConfDir, handlers: readonly Handler[]): readonly string[] {
  const files = networkFiles([...new Set([...names, configurationName])]);
  const users = handlers.filter(({ confDir }) => confDir === path);
  if (users.length === 0) return [`${path}: a runtime that takes one file from there takes ${files[0] ?? ''}`];
  return users.map(({ name, isKata, maxConfNum }) => {
    const taken = maxConfNum === 0 ? files : files.slice(0, maxConfNum);
    const takes = `${path}: containerd’s handler ${name} takes ${taken.join(', ')}`;
    const isTaken = taken.includes(configurationName);
    if (isKata === isTaken) return takes;
    return isKata
      ? `${takes}, not ${configurationName}: Kata’s pods do not get it`
      : `${takes}: its pods get no network that they could use`;
  });
}

function networkFiles(names: readonly string[]): readonly string[] {
  return names.filter(isConfFile).sort();
}

/** `handler a`, or `handlers a, b`. */
function handlersText(names: readonly string[]): string {
  return `handler${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
}

/** The CRI plugin's table of handlers, by the version of containerd's configuration format. */
const tables: Readonly<Record<number, string>> = {
  1: 'plugins.cri.containerd.runtimes',
  2: 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes',
  3: 'plugins."io.containerd.cri.v1.runtime".containerd.runtimes',
};

/**
 * The change to containerd's configuration that gives handlers a directory of network configurations of their own. The
 * operator must make it: containerd must be restarted, and before 2.0, a table in an imported file replaces the
 * plugin's whole section, with everything that other files have in it.
 */
export function confDirAdvice(
  { path = '/etc/containerd/config.toml', format, isBefore2 }: Pick<Containerd, 'format' | 'isBefore2' | 'path'>,
  handlers: readonly string[],
  confDir: string,
): string {
  const usualFormat = isBefore2 === true ? 2 : 3;
  const written = format === 0 ? usualFormat : format;
  // These distributions write the file again at each start.
  const where = path.startsWith('/var/lib/rancher/') ? `the template of ${path}` : path;
  return [
    `in ${where}, add to the table of each handler its line:`,
    ...(format === 0 ? [`    version = ${written}`] : []),
    ...handlers.flatMap((name) => [
      `    [${tables[written] ?? tables[3] ?? ''}.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`,
      `    cni_conf_dir = ${JSON.stringify(confDir)}`,
    ]),
    'then restart containerd ("systemctl restart containerd"), which reads this only when it starts; pods go on running',
  ].join('\n');
}

/** Why a containerd cannot have a directory for one handler alone; undefined if it can, or its version is unknown. */
export function confDirFault(version = '2.0'): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 1 || minor >= 6) return undefined;
  return `containerd ${version} has no cni_conf_dir for a handler: that needs 1.6 or later`;
}
