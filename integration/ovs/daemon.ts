import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';

/** Where Open vSwitch has its sockets and process ids, and dan looks for its database. */
export const runDirectory = '/run/openvswitch';

/** One of Open vSwitch's daemons. */
export interface Daemon {
  readonly name: 'ovsdb-server' | 'ovs-vswitchd';
  readonly program: string;
  readonly args: readonly string[];
}

/** Starts a daemon inside a host; it is at work when this returns. */
export async function startDaemon(host: Host, { name, program, args }: Daemon): Promise<void> {
  const log = `${host.directory}/${name}.log`;
  // /var/log is the machine's, and so is syslog. With --detach the command ends when the daemon has taken up its work.
  const files = [`--pidfile=${pidFile(name)}`, `--unixctl=${controlSocket(name)}`, `--log-file=${log}`];
  const options = ['--detach', '--no-chdir', '-vconsole:off', '-vsyslog:off', ...files];
  const { exitCode, stderr } = await host.run(program, [...args, ...options]);
  if (exitCode === 0) return;
  const { stdout } = await host.run('tail', ['-n', '30', log]);
  throw new Error(`${program} does not start (exit code ${exitCode}): ${stderr}\nlast words of its log:\n${stdout}`);
}

/** Ends a daemon as the service manager does, and waits until it has gone; one that does not run is left alone. */
export async function stopDaemon(host: Host, name: Daemon['name']): Promise<void> {
  const pid = await host.sh(`cat ${pidFile(name)} 2>/dev/null || true`);
  if (pid === '') return;
  await host.sh(`ovs-appctl --target=${controlSocket(name)} exit`);
  // Its pid file goes first; what it holds, such as DPDK's files, only with the last of its threads. What nobody waited for
  // is a zombie then.
  const gone =
    'read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || exit 0; [ "$state" = Z ] && [ "$(ls /proc/$1/task)" = "$1" ]';
  await eventually(`the end of ${name}`, async () => {
    const { exitCode } = await host.run('sh', ['-c', gone, 'gone', pid]);
    return exitCode === 0 ? true : undefined;
  });
}

/** What `ovs-appctl --target` takes; left to itself, a daemon has its process id in the name of its socket. */
function controlSocket(name: Daemon['name']): string {
  return `${runDirectory}/${name}.ctl`;
}

function pidFile(name: Daemon['name']): string {
  return `${runDirectory}/${name}.pid`;
}
