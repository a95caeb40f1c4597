import type { Containerd } from '../../node/containerd.ts';

/** The CRI plugin's table of handlers, by the version of containerd's configuration format. */
const tables: Readonly<Record<number, string>> = {
  1: 'plugins.cri.containerd.runtimes',
  2: 'plugins."io.containerd.grpc.v1.cri".containerd.runtimes',
  3: 'plugins."io.containerd.cri.v1.runtime".containerd.runtimes',
};

/** Where containerd's own configuration is, where there is none yet. */
const usualPath = '/etc/containerd/config.toml';

/**
 * What to change in containerd's configuration so that handlers have a directory of network configurations to themselves.
 * It is left to the operator: containerd has to be started anew for it, and before 2.0 a table in an imported file
 * replaces the whole section of the plugin, with everything that other files say in it.
 */
export function confDirAdvice(
  { path = usualPath, format, isBefore2 }: Pick<Containerd, 'format' | 'isBefore2' | 'path'>,
  handlers: readonly string[],
  confDir: string,
): string {
  const written = format === 0 ? (isBefore2 === true ? 2 : 3) : format;
  // These distributions write the file anew each time they start.
  const where = path.startsWith('/var/lib/rancher/') ? `the template of ${path}` : path;
  return [
    `in ${where}, add to the table of each handler its line:`,
    ...(format === 0 ? [`    version = ${written}`] : []),
    ...handlers.flatMap((name) => [
      `    [${tables[written] ?? tables[3] ?? ''}.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`,
      `    cni_conf_dir = ${JSON.stringify(confDir)}`,
    ]),
    'then restart containerd ("systemctl restart containerd"): it reads this only when it starts, and pods go on running',
  ].join('\n');
}

/** Why a containerd cannot have a directory for one handler alone; undefined: it can, or its version is not known. */
export function confDirFault(version: string | undefined): string | undefined {
  const [major = 0, minor = 0] = (version ?? '2.0').split('.').map(Number);
  return major > 1 || minor >= 6
    ? undefined
    : `containerd ${version ?? ''} knows no cni_conf_dir of a handler: it takes 1.6 or later`;
}
