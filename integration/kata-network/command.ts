import type { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { type Program, programs } from '../harness/plugin.ts';

/** A sandbox's id, in the form of container runtimes. */
export const sandbox = `6ec7a98${'0123456789abcdef'.repeat(3)}123456789`;

/** The documented interface, on a tap. */
export const documented = {
  device: 'tap-test',
  name: 'eth-test',
  IPAddresses: [{ address: '172.16.0.3', mask: '16' }],
  hwAddr: '02:42:20:6f:a3:69',
  mtu: 1500,
  queues: 5,
} as const;

/** Another interface for the same sandbox, or for another one; `changes` overrides keys. */
export function interfaceNamed(name: string, changes: Readonly<Record<string, unknown>> = {}): object {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0);
  const hwAddr = `02:42:20:6f:a4:${number.toString(16).padStart(2, '0')}`;
  const IPAddresses = [{ address: `10.${number}.0.3`, mask: '24' }];
  return { device: `tap${number}`, name, IPAddresses, hwAddr, mtu: 1500, ...changes };
}

/** Commands of `dan kata-network`. */
export type KataNetworkCommand = 'add-iface' | 'add-route' | 'del-iface' | 'del-route' | 'list-ifaces' | 'list-routes';

/**
 * Runs a command inside a host, with `input` on stdin. `under` is a program that runs it, with arguments; `dan` is the
 * program whose command it is.
 */
export async function kataNetwork(
  host: Host,
  command: KataNetworkCommand,
  id: string,
  input?: unknown,
  under: readonly string[] = [],
  dan: Program = programs.rtnetlink,
): Promise<Finished> {
  const file = input === undefined ? [] : ['-'];
  const [program = '', ...args] = [...under, ...dan, 'kata-network', command, id, ...file];
  return await host.run(program, args, {
    input: input === undefined ? '' : typeof input === 'string' ? input : JSON.stringify(input),
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
}

/** Runs a command that must succeed, and returns the line that it printed. */
export async function succeeds(host: Host, command: KataNetworkCommand, id: string, input?: unknown): Promise<string> {
  const { exitCode, stdout, stderr } = await kataNetwork(host, command, id, input);
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stdout}${stderr}`);
  return stdout.trimEnd();
}

/** Everything in a host that belongs to sandboxes: links, records, DAN files, temporary files. */
export async function belongings(host: Host): Promise<string> {
  return await host.sh(`
    ip -brief link show | sed 's/ .*//'
    for directory in /run/dan/attachments /run/kata-containers; do
      [ ! -d $directory ] || find $directory -type f
    done`);
}
