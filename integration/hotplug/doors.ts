import { Host } from '../harness/host.ts';
import { buildForHost } from '../engine/programs.ts';
import type { DoorTask } from './door-program.ts';

/** Kata's arguments for QEMU: its bridge for devices that are plugged in later. */
export const kataBridge = [
  '-device',
  'pci-bridge,bus=pcie.0,id=pci-bridge-0,chassis_nr=1,shpc=off,addr=2,io-reserve=4k,mem-reserve=1m,pref64-reserve=1m',
] as const;

/** Kata's arguments for QEMU's extra monitors: the machine protocol, and the human monitor. */
export function extraMonitors(directory: string): readonly string[] {
  return [
    ...['-qmp', `unix:path=${directory}/extra-monitor.sock,server=on,wait=off`],
    ...['-monitor', `unix:path=${directory}/debug-monitor.sock,server=on,wait=off`],
  ];
}

/** The output of the program of doors. */
export interface Seen {
  /** The result of each call; an error ends the list. */
  readonly seen: readonly unknown[];
  /** Duration in seconds. */
  readonly seconds: number;
  /** Number of files that it has open at its end, including their directory. */
  readonly files: number;
}

// A bridge with the guest's gateway, and two taps on it; the second can have several queues.
const makeTaps = `
  ip link add br0 type bridge
  ip addr add 10.99.0.1/24 dev br0
  ip link set br0 up
  ip tuntap add tap1 mode tap vnet_hdr
  ip tuntap add tap2 mode tap vnet_hdr multi_queue
  for tap in tap1 tap2; do ip link set $tap master br0 up; done`;

/** The id of one of dan's cards. */
export const id = 'dan-0123456789abcdef0123456789abcdef01234567';
export const mac = '02:00:00:00:00:0a';

/** Plugs the card in, with the first tap. */
export const plugOne = { plug: { id, mac, tap: 'tap1', pairs: 1 } } as const;

/** Builds the program of doors for the executable's host. */
export function buildDoors(): Promise<string> {
  return buildForHost('integration/hotplug/door-program.ts', 'doors');
}

/** The program of doors, and a host whose bridge has the guest's gateway, with `tap1` and the multi-queue `tap2`. */
export async function doorsHost(): Promise<{ readonly host: Host; readonly program: string }> {
  const program = await buildDoors();
  const host = await Host.create();
  await host.sh(makeTaps);
  return { host, program };
}

/** Runs a task of the program in a test host. */
export async function tryDoor(host: Host, program: string, task: DoorTask): Promise<Seen> {
  const { exitCode, stdout, stderr } = await host.run(program, [JSON.stringify(task)]);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode} from the program of doors: ${stderr}`);
  return JSON.parse(stdout) as Seen;
}
