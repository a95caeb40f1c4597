import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Host } from '../harness/host.ts';
import { OvsNode } from '../ovs/node.ts';
import type { SwitchOptions } from '../ovs/open-vswitch.ts';

const flow = fileURLToPath(new URL('flow.py', import.meta.url));

/** A tap, and the MAC of its guest. */
export interface Attached {
  readonly tap: string;
  readonly guest: string;
}

/** What is limited, on links of which MTU. */
export interface Limited {
  readonly bandwidth: object;
  /** Bytes. */
  readonly mtu: number;
}

/** Makes a cable. Its other end, `port`, is for a bridge. */
export async function makeCable(host: Host, mtu: number): Promise<void> {
  await host.sh(`
    ip link add port mtu ${mtu} type veth peer name cable mtu ${mtu}
    ip link set port up
    ip link set cable up`);
}

/** A node whose Open vSwitch has a cable. */
export async function nodeWithCable(options: SwitchOptions = {}): Promise<OvsNode> {
  const node = await OvsNode.create(options);
  await makeCable(node.host, 1500);
  await node.ovs.vsctl('add-port', 'br0', 'port');
  return node;
}

/** The same limit in each direction, whose burst takes 16 ms. */
export function limitsOf(bits: number): object {
  const burst = bits * 0.016;
  return { ingressRate: bits, ingressBurst: burst, egressRate: bits, egressBurst: burst };
}

/** Expects that of twice as many bits a second as a limit has, what the limit has passes between a tap and the cable. */
export async function expectRates(
  host: Host,
  attached: Attached,
  rate: { readonly bits: number; readonly mtu: number },
): Promise<void> {
  for (const direction of ['from', 'to'] as const) {
    await expectRate(rate.bits, () => measure(host, direction, attached, rate));
  }
}

/**
 * Expects that what is measured of a limit is the limit, in bits a second. `bursts` is the part of the limit that may pass
 * besides, where the sender pauses and the limit saves for a burst meanwhile.
 */
export async function expectRate(bits: number, measured: () => Promise<number>, bursts = 0): Promise<void> {
  let most = 0;
  // What else the machine does can keep frames back, and lets none pass.
  for (let attempts = 3; attempts > 0 && most <= 0.95; attempts -= 1) {
    const part = (await measured()) / bits;
    expect(part).toBeLessThan(1.05 + bursts);
    most = Math.max(most, part);
  }
  expect(most).toBeGreaterThan(0.95);
}

/** Sends frames into the cable, to a guest, of twice as many bits a second as a limit has. */
export async function offer(
  host: Host,
  guest: string,
  { bits, mtu, seconds }: { readonly bits: number; readonly mtu: number; readonly seconds: number },
): Promise<void> {
  await host.sh(`python3 ${flow} to - cable ${guest} ${bits} ${seconds} ${mtu}`);
}

async function measure(
  host: Host,
  direction: 'from' | 'to',
  { tap, guest }: Attached,
  { bits, mtu }: { readonly bits: number; readonly mtu: number },
): Promise<number> {
  const mac = direction === 'to' ? guest : await host.sh('cat /sys/class/net/cable/address');
  return Number(await host.sh(`python3 ${flow} ${direction} ${tap} cable ${mac} ${bits} 2 ${mtu}`));
}
