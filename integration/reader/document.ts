import type { AgentAnswer, GuestNeighbor, GuestRoute } from '../../test/kata/agent.ts';
import { readRuntimeRs } from '../../test/kata/runtime-rs.ts';

/** One device of a DAN file, with everything that Kata does with it. */
export interface DanDevice {
  readonly tap: string;
  readonly queuePairs: number;
  /** Name of the interface in the guest. */
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly noArp: boolean;
  readonly addresses: readonly string[];
  readonly neighbors: readonly GuestNeighbor[];
  readonly routes: readonly GuestRoute[];
}

/**
 * The devices of a DAN file, as Kata's runtime-rs and its guest agent understand them. Throws where either of them
 * fails the sandbox.
 */
export function readDocument(text: string, path: string): readonly DanDevice[] {
  const read = readRuntimeRs(text);
  if (!read.accepted) throw new Error(`Kata's runtime-rs refuses ${path}: ${read.error}`);
  if (read.netns !== null) {
    throw new Error(
      `${path} names the network namespace "${read.netns}": runtime-rs looks taps up in the host's and opens them ` +
        'there, so it finds none of them; leave netns out or null',
    );
  }
  return read.devices.map((one) => {
    const where = `device ${one.guest_name} in ${path}`;
    const { device, guest_mac: mac } = one;
    if (device.type !== 'host-tap') throw new Error(`${where} is of type ${device.type}: under QEMU, Kata skips it`);
    if (!one.vmm_mac_ok) throw new Error(`${where} has the MAC "${mac}", which Kata cannot give to a virtual device`);
    const all = <T>(what: string, answers: readonly AgentAnswer<T>[]): T[] =>
      answers.map((answer) => {
        if ('ok' in answer) return answer.ok;
        throw new Error(`Kata's guest agent refuses a ${what} of ${where}: ${answer.error}`);
      });
    return {
      tap: device.tap_name,
      queuePairs: one.queue_pairs,
      name: one.guest_name,
      mac,
      mtu: one.mtu,
      noArp: one.flags !== 0,
      addresses: all('address', one.guest_agent.addresses),
      neighbors: all('neighbor', one.guest_agent.neighbors),
      routes: all('route', one.guest_agent.routes),
    };
  });
}
