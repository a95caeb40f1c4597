import { parsePluginType } from '../../config/values.ts';
import type { Log } from '../../host/log.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { protocolError } from '../../protocol/error.ts';
import { isObject, type JsonObject } from '../../json/object.ts';
import { attemptAll } from '../del/attempts.ts';
import { del } from '../del/del.ts';
import { removeDeadWriters } from './dead-writers.ts';
import { delegateIfKnown } from '../ipam.ts';
import { type Leftover, places } from './leftovers.ts';
import { danConfOf } from '../settings.ts';

/** The key in which libcni lists the attachments that are in use (spec 1.1.0, section "GC"). */
const validKey = 'cni.dev/valid-attachments';

/**
 * Removes everything of this network whose attachment is not in use any more, each as its own DEL would have, then calls
 * the IPAM plugin's GC. Without a list of those in use nothing is done. Throws the first failure, with the others in its
 * details, after everything was tried.
 */
export async function gc(request: Request, log: Log): Promise<void> {
  const valid = readValid(request.input.document);
  if (valid === undefined) return;
  const collect = async (found: readonly Leftover[]): Promise<void> => {
    const stale = found.filter(({ sandbox, ifname }) => !valid.has(keyOf(sandbox, ifname)));
    await attemptAll(
      stale.map((leftover) => async () => {
        const { sandbox, ifname } = leftover;
        log('info', 'an attachment that is not in use is removed', { sandbox, ifname });
        await del(requestFor(request, leftover), log);
      }),
    );
  };
  await attemptAll([
    // One after the other: what the first place shows is gone from the others then.
    ...places.map((place) => async () => {
      await collect(await place(request.input));
    }),
    async () => {
      await removeDeadWriters(danConfOf(request.input.document));
    },
    () => ipamGc(request),
  ]);
}

function readValid(document: JsonObject): ReadonlySet<string> | undefined {
  if (!(validKey in document)) return undefined;
  const value = document[validKey] ?? [];
  if (!Array.isArray(value)) throw unreadable(value);
  return new Set(
    value.map((attachment: unknown) => {
      if (!isObject(attachment)) throw unreadable(attachment);
      const { containerID, ifname } = attachment;
      if (typeof containerID !== 'string' || typeof ifname !== 'string') throw unreadable(attachment);
      return keyOf(containerID, ifname);
    }),
  );
}

// The IPAM plugin is told by variables whose addresses to release.
function requestFor(request: Request, { sandbox, ifname, netns = '' }: Leftover): Request {
  const { environment, variables } = request;
  return {
    ...request,
    environment: { ...environment, command: 'DEL', containerId: sandbox, ifname, netns },
    variables: { ...variables, CNI_CONTAINERID: sandbox, CNI_IFNAME: ifname, CNI_NETNS: netns },
  };
}

async function ipamGc(request: Request): Promise<void> {
  const { ipam } = request.input.document;
  const parsed = parsePluginType(isObject(ipam) ? ipam['type'] : undefined);
  if (parsed.ok && parsed.value !== '') await delegateIfKnown(request, 'GC', parsed.value);
}

function keyOf(sandbox: string, ifname: string): string {
  return `${sandbox}/${ifname}`;
}

function unreadable(value: unknown): Error {
  return protocolError(
    'invalid-configuration',
    `"${validKey}" ${JSON.stringify(value)} must be a list of {"containerID": ..., "ifname": ...}: nothing was removed`,
  );
}
