import { kernel } from '#kernel';
import { lookAtNode, refuseNewFaults } from '../attach/client.ts';
import type { GuestInterface } from '../model/guest.ts';
import { guestInterface } from '../dan/guest-entry.ts';
import { mtuFaults, profileFaults } from '../dan/limits.ts';
import { profiles } from '../dan/profile.ts';
import type { Site } from '../host/site.ts';
import { holdersOfTap } from '../host/open-files.ts';
import type { NodeView, Plan } from '../kinds/device.ts';
import { type AnyKind, type Device, kindNamed } from '../kinds/kinds.ts';
import { danError } from '../model/error.ts';
import { deriveNames, type Identity } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import type { InterfaceRequest } from './requests/interface-request.ts';

/** The reader of these sandboxes' files: Kata's Rust runtime from 4.0 on. */
export const reader = profiles['runtime-rs'];

/** No pod: the guest's settings are given, and Kata looks for the device on the host. */
const noPod = { links: [], routes: [], neighbors: [] };

const words = {
  runtime: "Kata's Rust runtime",
  kataConfig: "Kata's configuration",
  tap: 'leave "vhostUserSocket" out for a tap',
};

/**
 * Refuses what the reader of the file cannot carry. `hypervisor` is the one that Kata is configured for, if known.
 * Throws `not-carried-by-profile`, `mtu-too-small-for-ipv6`.
 */
export function refuseNotCarried(request: InterfaceRequest, hypervisor?: string): void {
  const { mtu, queuePairs } = request;
  const device = kindOf(request).attachedAs;
  refuseNewFaults(undefined, guestInterfaceOf(request));
  const demand = { device, queuePairs, networkQueues: queuePairs, hypervisor, neighbors: [], words };
  const faults = [...profileFaults(reader, demand), ...mtuFaults(reader, device, mtu, words)];
  if (faults.length > 0) throw danError('not-carried-by-profile', faults.join('; '));
}

/**
 * Looks for an existing link with the device's name or a file at the socket's path, and plans as for a network
 * configuration that asks for the same. Changes nothing. Throws what the device kind refuses, `tap-not-ours`,
 * `socket-path-unusable`.
 */
export async function planInterface(request: InterfaceRequest, identity: Identity, site: Site): Promise<Plan<Device>> {
  const { device: chosenName, mac, mtu, queuePairs, socketPath } = request;
  const kind = kindOf(request);
  const settings = { runtime: reader.name, mtu, queues: queuePairs, bridge: null };
  const device = kind.read(settings, { mac, socketPath, chosenName, ifname: identity.ifname });
  const chosen = kind.opens === 'tap' ? await linkOfName(chosenName, site) : undefined;
  const sought = { device, identity, names: deriveNames(identity), args: new Map<string, string>() };
  const view = await lookAtNode(sought, site, noPod);
  return kind.plan(device, { ...view, ...(chosen === undefined ? {} : { chosen }) });
}

/** The interface as its guest gets it, without routes. */
export function guestInterfaceOf({ name, mac, mtu, addresses }: InterfaceRequest): GuestInterface {
  return guestInterface({ identity: { ifname: name }, profile: reader, guestMac: mac, mtu, addresses });
}

function kindOf({ socketPath }: InterfaceRequest): AnyKind {
  return kindNamed(socketPath === undefined ? 'host-tap' : 'vhost-user');
}

async function linkOfName(name: InterfaceName, site: Site): Promise<NodeView['chosen']> {
  const [link] = await kernel.readLinks([name], 'host', site);
  return link === undefined ? undefined : { link, holders: holdersOfTap(name) };
}
