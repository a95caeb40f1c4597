import { parsePluginType } from '../config/values.ts';
import type { Log } from '../host/log.ts';
import { ownersOfOvsPorts } from '../host/ovs.ts';
import type { Identity } from '../model/identity.ts';
import type { Request } from '../protocol/dispatch.ts';
import { protocolError } from '../protocol/error.ts';
import { isObject, type JsonObject } from '../protocol/input.ts';
import { attemptAll } from './attempts.ts';
import { del } from './del.ts';
import { databaseOf } from './find-ovs.ts';
import { delegateIfKnown } from './ipam.ts';
import { readRecords } from './record.ts';
import { timeoutOf } from './settings.ts';

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
  const collect = async (source: Source): Promise<void> => {
    const stale = (await source(request)).filter(({ sandbox, ifname }) => !valid.has(keyOf(sandbox, ifname)));
    await attemptAll(
      stale.map((identity) => async () => {
        log('info', 'an attachment that is not in use is removed', {
          sandbox: identity.sandbox,
          ifname: identity.ifname,
        });
        await del(requestFor(request, identity), log);
      }),
    );
  };
  await attemptAll([...sources.map((source) => () => collect(source)), () => ipamGc(request)]);
}

/** Where attachments of a network show that left something. */
type Source = (request: Request) => readonly Identity[] | Promise<readonly Identity[]>;

const sources: readonly Source[] = [
  ({ input }) => readRecords().filter(({ network }) => network === input.name),
  async ({ input: { name, document } }) => {
    const site = { timeoutSeconds: timeoutOf(document) };
    const database = await databaseOf(document, site);
    return database === undefined ? [] : await ownersOfOvsPorts(database, name, site);
  },
];

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
function requestFor({ environment, variables, input }: Request, { sandbox, ifname }: Identity): Request {
  return {
    environment: { ...environment, command: 'DEL', containerId: sandbox, ifname, netns: '' },
    variables: { ...variables, CNI_CONTAINERID: sandbox, CNI_IFNAME: ifname, CNI_NETNS: '' },
    input,
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
