import { networkKeys } from '../config/keys.ts';
import { withoutForbidden } from '../config/pod-settings.ts';
import { parsePluginType } from '../config/values.ts';
import { callIpam, type IpamCall } from '../ipam/plugin.ts';
import type { Command } from '../protocol/environment.ts';
import type { Request } from '../protocol/dispatch.ts';
import { CniError, protocolErrors } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../json/object.ts';

/** The IPAM plugin that a configuration names; undefined if it names none. The configuration may be faulty. */
export function ipamTypeOf({ ipam }: JsonObject): string | undefined {
  const parsed = parsePluginType(isObject(ipam) ? ipam['type'] : undefined);
  return parsed.ok && parsed.value !== '' ? parsed.value : undefined;
}

/**
 * Calls the IPAM plugin with the caller's environment. `document` is its stdin. Both lose what the network does not let
 * its pods set.
 */
export async function delegate(
  { variables, environment }: Request,
  command: Command,
  type: string,
  document: JsonObject,
  options: Pick<IpamCall, 'interrupted'> = {},
): Promise<JsonObject> {
  const allowed = networkKeys.podMaySet.value.read(document['podMaySet'] ?? [], []) ?? [];
  const asked = withoutForbidden({ variables, document }, allowed);
  return await callIpam({ command, type, path: environment.path, ...asked, ...options });
}

/**
 * Calls the IPAM plugin's STATUS or GC. A plugin older than CNI 1.1 does not know the command, and fails with one of
 * several codes: such a failure counts as success.
 */
export async function delegateIfKnown(request: Request, command: 'STATUS' | 'GC', type: string): Promise<void> {
  const unknown: readonly number[] = [1, 3, protocolErrors['invalid-environment']];
  try {
    await delegate(request, command, type, request.input.document);
  } catch (error) {
    if (!(error instanceof CniError) || !unknown.includes(error.code)) throw error;
  }
}
