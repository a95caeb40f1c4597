import type { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { hostLocal, networkConfig } from '../host-tap/network.ts';
import { type Attaching, callBefore, callDan, type CniResult } from '../tcfilter/chain.ts';
import { tcfilterNetwork } from '../tcfilter/networks.ts';

const leased = networkConfig({ name: 'leased', addresses: undefined, routes: [], ipam: hostLocal });
const fixed = networkConfig({ name: 'fixed', bridge: null, addresses: ['10.99.0.5/24'], routes: [] });
const socket = networkConfig({ ...fixed, name: 'socket', device: 'vhost-user', addresses: ['10.97.0.5/24'] });
const chains = {
  chain: tcfilterNetwork({ plugin: 'bridge' }),
  'generic chain': tcfilterNetwork({ plugin: 'bridge', runtime: 'generic' }),
} as const;

/** A place for one attachment in one sandbox, attached or not. */
export interface Slot {
  readonly sandbox: string;
  readonly ifname: string;
  readonly network: 'chain' | 'fixed' | 'generic chain' | 'leased' | 'socket';
  /** Slots with the same turn are used by one call at a time. */
  readonly turn: string;
  /** The result of ADD; undefined while detached. */
  result: CniResult | undefined;
}

const configs = { fixed, leased, socket } as const;

/** The slots of a sandbox whose interfaces are all made by dan: they are independent of each other. */
export function directSlots(sandbox: string): readonly Slot[] {
  const networks = ['leased', 'fixed', 'socket'] as const;
  return networks.map((network, at) => {
    const ifname = `net${at}`;
    return { sandbox, ifname, network, turn: `${sandbox} ${ifname}`, result: undefined };
  });
}

/**
 * The slots of a sandbox whose `eth0` another plugin makes. While that interface exists without being in the file,
 * nothing else can be attached, so these slots take turns.
 */
export function chainedSlots(sandbox: string): readonly Slot[] {
  return [
    { sandbox, ifname: 'eth0', network: 'chain', turn: sandbox, result: undefined },
    { sandbox, ifname: 'net1', network: 'fixed', turn: sandbox, result: undefined },
  ];
}

/** The slot of a sandbox whose tap is in the pod: its file names the namespace, so a tap on the host does not fit. */
export function genericSlots(sandbox: string): readonly Slot[] {
  return [{ sandbox, ifname: 'eth0', network: 'generic chain', turn: sandbox, result: undefined }];
}

/** Attaches a detached slot, and detaches or checks an attached one. Throws if dan, or a plugin before it, fails. */
export async function useSlot(host: Host, slot: Slot, what: 'CHECK' | 'toggle'): Promise<void> {
  if (slot.result === undefined) slot.result = await attach(host, slot);
  else if (what === 'CHECK') await succeed(callSlot(host, slot, 'CHECK', slot.result), slot);
  else {
    await succeed(callSlot(host, slot, 'DEL', slot.result), slot);
    if (isChain(slot.network)) await callBefore(chainOf(host, slot, slot.network), 'DEL', slot.result);
    slot.result = undefined;
  }
}

/** A GC of a network in which everything may be in use: nothing must be removed. */
export async function collectNothing(host: Host, slots: readonly Slot[]): Promise<void> {
  const valid = slots.map(({ sandbox, ifname }) => ({ containerID: sandbox, ifname }));
  const config = { ...fixed, 'cni.dev/valid-attachments': valid };
  const { exitCode, stdout } = await callPlugin(host, { command: 'GC', config });
  if (exitCode !== 0) throw new Error(`GC: ${stdout}`);
}

async function attach(host: Host, slot: Slot): Promise<CniResult> {
  const { network } = slot;
  const before = isChain(network) ? await callBefore(chainOf(host, slot, network), 'ADD') : undefined;
  return (await succeed(callSlot(host, slot, 'ADD', before), slot)).json;
}

function callSlot(
  host: Host,
  slot: Slot,
  command: 'ADD' | 'CHECK' | 'DEL',
  prevResult: CniResult | undefined,
): Promise<Answer> {
  const { sandbox, ifname, network } = slot;
  if (isChain(network)) return callDan(chainOf(host, slot, network), command, prevResult);
  const config = { ...configs[network], ...(prevResult === undefined ? {} : { prevResult }) };
  return callPlugin(host, { command, config, sandbox, ifname, netns: `/run/netns/${sandbox}` });
}

function chainOf(host: Host, { sandbox }: Slot, network: keyof typeof chains): Attaching {
  return { host, network: chains[network], netns: `/run/netns/${sandbox}`, sandbox };
}

function isChain(network: Slot['network']): network is keyof typeof chains {
  return network in chains;
}

async function succeed(call: Promise<Answer>, { sandbox, network }: Slot): Promise<Answer> {
  const answer = await call;
  if (answer.exitCode !== 0) throw new Error(`network ${network} of ${sandbox}: ${answer.stdout}${answer.stderr}`);
  return answer;
}
