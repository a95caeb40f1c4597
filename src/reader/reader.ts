import { cidrText } from '../model/cidr.ts';
import { parseKataCidr } from './addresses.ts';
import { agentNeighbor, agentRoute } from './agent.ts';
import { decode } from './decoder.ts';
import type { DecoderName, FileDevice, FileNeighbor, FileRoute } from './format.ts';
import type {
  AgentNeighbor,
  AgentRoute,
  Dropped,
  PluggedDevice,
  Reason,
  TakenDevice,
  TakenRoute,
  Verdict,
} from './verdict.ts';

/** Where a reader notes which values it does not take as they are. If it refuses any, the file is refused. */
export interface Notes {
  readonly dropped: Dropped[];
  readonly altered: Reason[];
  readonly refused: Reason[];
}

/**
 * A reader of DAN files. From each part of a device, at a place in the file, it makes what is sent to the VMM or to the
 * guest agent; nothing if it drops or refuses the part.
 */
export interface Reader {
  readonly name: DecoderName;
  device(entry: FileDevice, where: string, notes: Notes): PluggedDevice;
  address(text: string, where: string, notes: Notes): string | undefined;
  route(route: FileRoute, where: string, notes: Notes): AgentRoute | undefined;
  neighbor(
    neighbor: FileNeighbor,
    where: string,
    notes: Notes,
    sentRoutes: readonly AgentRoute[],
  ): AgentNeighbor | undefined;
  /** The form in which it needs a neighbor's address, like `an address without a prefix`. */
  readonly neighborAddress: string;
}

/** The verdict of a reader on the text of a file. */
export function read(text: string, reader: Reader): Verdict {
  const decoded = decode(text, reader.name);
  if (!decoded.accepted) return decoded;
  const { altered, file } = decoded;
  const refusals: Reason[] = [];
  const devices = file.devices.map((entry, at) => takeDevice(entry, `devices[${at}]`, reader, refusals));
  return refusals.length > 0 ? { accepted: false, refusals } : { accepted: true, netns: file.netns, devices, altered };
}

function takeDevice(entry: FileDevice, where: string, reader: Reader, refused: Reason[]): TakenDevice {
  const { interface: link, ...info } = entry.network_info;
  const notes: Notes = { dropped: [], altered: [], refused };
  const plugged = reader.device(entry, where, notes);
  const inInfo = `${where}.network_info`;
  const inAddresses = `${inInfo}.interface.ip_addresses`;
  const addresses = link.ip_addresses.flatMap((one, at) => reader.address(one, `${inAddresses}[${at}]`, notes) ?? []);
  const routes = takeRoutes(info.routes, `${inInfo}.routes`, reader, notes);
  const inNeighbors = `${inInfo}.neighbors`;
  const neighbors = info.neighbors.flatMap(
    (one, at) => reader.neighbor(one, `${inNeighbors}[${at}]`, notes, routes.sent) ?? [],
  );
  const { altered, dropped } = notes;
  const failures: Reason[] = [];
  const guest = {
    ...{
      called: `the interface "${entry.name}"`,
      name: entry.name,
      mac: plugged.guest_mac ?? undefined,
      mtu: link.mtu,
    },
    addresses: addresses.flatMap((text) => parseKataCidr(text) ?? []),
    neighbors: neighbors.flatMap((one) => agentNeighbor(one, reader.neighborAddress, failures) ?? []),
    routes: routes.taken,
  };
  return {
    ...{ ...plugged, where, guest_name: entry.name, mtu: link.mtu, addresses, routes: routes.sent, neighbors, dropped },
    ...{ altered: [...altered, ...routes.taken.flatMap(alteredSource)], guest },
    failures: [...failures, ...routes.failures],
  };
}

// The agent takes each route right after the reader, while its addresses are cached.
function takeRoutes(routes: readonly FileRoute[], place: string, reader: Reader, notes: Notes) {
  const [sent, taken, failures] = [[], [], []] as [AgentRoute[], TakenRoute[], Reason[]];
  let at = -1;
  for (const one of routes) {
    at += 1;
    const route = reader.route(one, `${place}[${at}]`, notes);
    if (route === undefined) continue;
    sent.push(route);
    const ofAgent = agentRoute(route, failures);
    if (ofAgent !== undefined) taken.push(ofAgent);
  }
  return { sent, taken, failures };
}

/** Reports a source that looks like an address to send from, but becomes a match on the sender. */
function alteredSource({ where, from }: TakenRoute): readonly Reason[] {
  if (from === undefined) return [];
  const becomes =
    from.family === 4
      ? 'the source is ignored: routes of IPv4 have no source prefix'
      : `the source becomes the source prefix ${cidrText(from)}, which matches a sender and is not an address to send from`;
  const why = `${becomes}; write ${from.text}/0 for a preferred source`;
  return [{ where, why }];
}
