import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';

/** The directory of Open vSwitch's sockets and process ids, in which dan looks for its database. */
export const runDirectory = '/run/openvswitch';

/** One of Open vSwitch's daemons. */
export interface Daemon {
  readonly name: 'ovsdb-server' | 'ovs-vswitchd';
  readonly program: string;
  readonly args: readonly string[];
}

/** Starts a daemon inside a host; it is ready when this returns. */
export async function startDaemon(host: Host, { name, program, args }: Daemon): Promise<void> {
  const log = `${host.directory}/${name}.log`;
  // /var/log and syslog belong to the machine. With --detach, the command ends when the daemon is ready.
  const files = [`--pidfile=${pidFile(name)}`, `--unixctl=${controlSocket(name)}`, `--log-file=${log}`];
  const options = ['--detach', '--no-chdir', '-vconsole:off', '-vsyslog:off', ...files];
  const { exitCode, stderr } = await host.run(program, [...args, ...options]);
  if (exitCode === 0) return;
  const { stdout } = await host.run('tail', ['-n', '30', log]);
  throw new Error(`${program} does not start (exit code ${exitCode}): ${stderr}\nlast words of its log:\n${stdout}`);
}

/** Ends a daemon like the service manager, and waits until it is gone; does nothing if it does not run. */
export async function stopDaemon(host: Host, name: Daemon['name']): Promise<void> {
  const pid = await host.sh(`cat ${pidFile(name)} 2>/dev/null || true`);
  if (pid === '') return;
  await host.sh(`ovs-appctl --target=${controlSocket(name)} exit`);
  // Its pid file disappears first, but its resources, such as DPDK's files, only with its last thread. Without a parent
  // that waits for it, it is a zombie then.
  const gone =
    'read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || exit 0; [ "$state" = Z ] && [ "$(ls /proc/$1/task)" = "$1" ]';
  await eventually(`the end of ${name}`, async () => {
    const { exitCode } = await host.run('sh', ['-c', gone, 'gone', pid]);
    return exitCode === 0 ? true : undefined;
  });
}

/** The argument of `ovs-appctl --target`; by default, the name of a daemon's socket has its process id. */
function controlSocket(name: Daemon['name']): string {
  return `${runDirectory}/${name}.ctl`;
}

function pidFile(name: Daemon['name']): string {
  return `${runDirectory}/${name}.pid`;
}
