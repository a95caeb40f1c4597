import { kernel } from '#kernel';
import type { Wants } from '../kinds/device.ts';
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

/**
 * Asks the Open vSwitch that may have a bridge. `link` is the host's link of that name. Returns undefined if there is
 * no Open vSwitch. If the configuration names no Open vSwitch and none answers, a Linux bridge of that name is enough.
 * Throws `ovs-unreachable`.
 */
export async function lookAtOvs(
  { bridge, database }: Pick<Wants, 'bridge' | 'database'>,
  link: Link | undefined,
  port: InterfaceName,
  site: Site,
): Promise<OvsView | undefined> {
  if (bridge === null || (database === undefined && !mayHaveRun())) return undefined;
  try {
    return await readOvs(database ?? defaultOvsDatabase, bridge, port, site);
  } catch (error) {
    const mayBeLinux = database === undefined && link?.kind === 'bridge';
    if (mayBeLinux && error instanceof CniError && error.name === 'ovs-unreachable') return undefined;
    throw error;
  }
}

/**
 * The database that may have rows of an attachment without a record, according to a configuration that may be faulty.
 * After a restart of the node, it still has the rows of all pods that ran before.
 */
export async function databaseOf(document: JsonObject, site: Site): Promise<OvsDatabase | undefined> {
  const { bridge, ovs, device = defaultKind } = document;
  if (typeof bridge !== 'string' || bridge === '') return undefined;
  // Without the program, dan cannot have made a port on this node.
  if (!hasTool('ovs-vsctl')) return undefined;
  const configured = parseOvsDatabase(isObject(ovs) ? ovs['db'] : undefined);
  if (configured.ok) return configured.value;
  if (!mayHaveRun()) return undefined;
  const switches = kindIfNamed(device)?.switches ?? 'none';
  if (switches !== 'any') return switches === 'ovs' ? defaultOvsDatabase : undefined;
  const name = parseInterfaceName(bridge);
  if (!name.ok) return undefined;
  const [link] = await kernel.readLinks([name.value], 'host', site);
  return link?.kind === 'bridge' ? undefined : defaultOvsDatabase;
}

// The directory is below /run, so it is missing until Open vSwitch first starts after a restart of the node.
function mayHaveRun(): boolean {
  return hasTool('ovs-vsctl') && exists(dirname(defaultOvsDatabase.slice('unix:'.length)));
}
