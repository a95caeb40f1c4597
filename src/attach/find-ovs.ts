import { kernel } from '#kernel';
import { defaultKind, kindIfNamed } from '../kinds/kinds.ts';
import { exists } from '../host/files.ts';
import { readOvs } from '../host/ovs.ts';
import type { Site } from '../host/site.ts';
import { hasTool } from '../host/tools.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import type { Link } from '../model/link.ts';
import { defaultOvsDatabase, type OvsDatabase, type OvsView, parseOvsDatabase } from '../model/ovs.ts';
import { dirname } from '../model/path.ts';
import { CniError } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../json/object.ts';

/** The bridge that a configuration names, and the Open vSwitch that it says has it. */
interface BridgeRequest {
  readonly bridge: InterfaceName | null;
  /** undefined: the bridge may be a Linux bridge. */
  readonly database: OvsDatabase | undefined;
}

/**
 * Asks the Open vSwitch that may have a bridge; `link` is the host's link of that name. undefined: there is none. Where
 * the configuration does not say that it is one, a Linux bridge is believed to be all there is when none answers.
 * Throws `ovs-unreachable`.
 */
export async function lookAtOvs(
  { bridge, database }: BridgeRequest,
  link: Link | undefined,
  port: InterfaceName,
  site: Site,
): Promise<OvsView | undefined> {
  if (bridge === null) return undefined;
  if (database !== undefined) return await readOvs(database, bridge, port, site);
  if (!mayHaveRun()) return undefined;
  if (link?.kind !== 'bridge') return await readOvs(defaultOvsDatabase, bridge, port, site);
  try {
    return await readOvs(defaultOvsDatabase, bridge, port, site);
  } catch (error) {
    if (error instanceof CniError && error.name === 'ovs-unreachable') return undefined;
    throw error;
  }
}

/**
 * The database that may have rows of an attachment whose record is lost, by a configuration that may be faulty. After the
 * node was restarted it still has those of all pods that ran before.
 */
export async function databaseOf(document: JsonObject, site: Site): Promise<OvsDatabase | undefined> {
  const { bridge, ovs, device = defaultKind } = document;
  if (typeof bridge !== 'string' || bridge === '') return undefined;
  // Without the program, dan never made a port on this node.
  if (!hasTool('ovs-vsctl')) return undefined;
  const configured = parseOvsDatabase(isObject(ovs) ? ovs['db'] : undefined);
  if (configured.ok) return configured.value;
  if (!mayHaveRun()) return undefined;
  const switches = kindIfNamed(device)?.switches ?? 'none';
  if (switches === 'ovs') return defaultOvsDatabase;
  if (switches === 'none') return undefined;
  return (await isLinux(bridge, site)) ? undefined : defaultOvsDatabase;
}

// Its directory is below /run, so there is none before it was started for the first time since the node was.
function mayHaveRun(): boolean {
  return hasTool('ovs-vsctl') && exists(dirname(defaultOvsDatabase.slice('unix:'.length)));
}

async function isLinux(bridge: string, site: Site): Promise<boolean> {
  const name = parseInterfaceName(bridge);
  if (!name.ok) return true;
  const [link] = await kernel.readLinks([name.value], 'host', site);
  return link?.kind === 'bridge';
}
