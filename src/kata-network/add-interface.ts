import {
  type AttachmentRecord,
  claimOf,
  readRecord,
  recordPath,
  refuseAttached,
  refuseDuplicates,
  refuseUnsafeDirectories,
  removeDevice,
  type Undo,
  writeRecord,
} from '../attach/client.ts';
import type { AttachedDevice } from '../dan/attachment.ts';
import type { DanEntry } from '../dan/document.ts';
import { encode } from '../dan/encode.ts';
import { type ExistingDocument, findEntry } from '../dan/merge.ts';
import { danFile, putEntry, readDanFile, removeEntry } from '../dan/store.ts';
import { apply } from '../host/apply.ts';
import type { Site } from '../host/site.ts';
import { cidrText } from '../model/cidr.ts';
import { danError } from '../model/error.ts';
import { deriveNames, type Identity } from '../model/identity.ts';
import { reader, refuseNotCarried } from './carried.ts';
import { type Change, changeSandbox } from './change.ts';
import { claimDevice } from './claim-device.ts';
import { identityOf } from './identity.ts';
import { planInterface } from './plan-interface.ts';
import type { GivenRecord } from './requests/given.ts';
import type { InterfaceRequest } from './requests/interface-request.ts';

/** An interface that a sandbox is to get. */
export interface Addition extends Change {
  readonly danConf: string;
  /** The hypervisor that Kata is configured for, if that is known. */
  readonly hypervisor?: string | undefined;
  readonly request: InterfaceRequest;
}

/**
 * Gives a sandbox that has not started an interface: record, device, entry in its file, in this order, as CNI's ADD does.
 * All that can be refused is refused before anything is made; whatever fails later is taken back.
 */
export async function addInterface(addition: Addition): Promise<void> {
  const { danConf, hypervisor, request } = addition;
  refuseNotCarried(request, hypervisor);
  refuseUnsafeDirectories([danConf]);
  await changeSandbox(addition, (site, undo) => attach(addition, site, undo));
}

async function attach(addition: Addition, uninterruptible: Site, undo: Undo): Promise<void> {
  const { sandbox, danConf, request, log, interrupted } = addition;
  // What takes things back is not interrupted.
  const site = interrupted === undefined ? uninterruptible : { ...uninterruptible, interrupted };
  const identity = identityOf(sandbox, request.name);
  const names = deriveNames(identity);
  const file = danFile(danConf, sandbox);
  refuseTaken(identity, request, file, readDanFile(file));
  const { device, attached, operations, warnings } = await planInterface(request, names, site);

  const record: AttachmentRecord = {
    ...identity,
    format: 1,
    danConf,
    device,
    guestMac: request.mac,
    netns: '',
    clientData: { interface: request.given, routes: [] } satisfies GivenRecord,
  };
  await claimDevice(record, request.device, undo);
  undo.add(`remove the device ${request.device}`, () => removeDevice(claimOf(record), uninterruptible, log));
  await apply(operations, site);

  const entry = entryOf(identity, request, attached);
  writeRecord({ ...record, entry });
  undo.add(`take the entry out of ${file}`, () => {
    removeEntry(file, identity.network, identity.ifname);
  });
  // The file is written last: whoever sees it finds everything it names.
  putEntry(file, null, entry);
  for (const warning of warnings) log('warn', warning);
}

function entryOf({ network, ifname }: Identity, request: InterfaceRequest, device: AttachedDevice): DanEntry {
  const { mac: guestMac, mtu, addresses } = request;
  return encode(reader, { network, ifname, guestMac, device, mtu, addresses, routes: [], neighbors: [] });
}

function refuseTaken(
  identity: Identity,
  { name, mac, addresses }: InterfaceRequest,
  file: string,
  document: ExistingDocument | undefined,
): void {
  const record = recordPath(deriveNames(identity).link);
  const isRecorded = readRecord(deriveNames(identity).link) !== 'missing';
  const isInFile = document !== undefined && findEntry(document, identity.network, name) !== undefined;
  if (isRecorded || isInFile) {
    throw danError(
      'attachment-exists',
      `sandbox ${identity.sandbox} has the interface "${name}" already (${isRecorded ? record : file}): nothing was ` +
        'changed; "dan kata-network del-iface" removes it',
    );
  }
  refuseAttached(file, document, identity, null);
  refuseDuplicates(document, { ifname: name, guestMac: mac, addresses: addresses.map(cidrText) });
}
