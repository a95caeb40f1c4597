import * as core from '../attach/client.ts';
import { type ExistingDocument, ownEntries } from '../dan/merge.ts';
import { danFile, readDanFile } from '../dan/store.ts';
import { deriveNames, type Identity, type SandboxId } from '../model/identity.ts';
import { isObject, type JsonObject } from '../json/object.ts';
import type { GivenInterface } from './requests/interface-request.ts';
import type { GivenRoute } from './requests/route-request.ts';

/**
 * The network of every interface that `dan kata-network` adds. A CNI network's name begins with a letter or a digit, so
 * none can have this name. Therefore no DEL or GC of a CNI network ever touches such an interface.
 */
export const kataNetworkName = '@kata-network';

/** The identity of such an interface: its sandbox and its name in the guest. */
export function identityOf(sandbox: string, name: string): Identity {
  return { network: kataNetworkName, sandbox, ifname: name };
}

/** What a record keeps about an interface that `dan kata-network` added, in addition to what every record has. */
export interface GivenRecord {
  readonly interface: GivenInterface;
  /** How the routes were given. The DAN file decides which routes exist. */
  readonly routes: readonly GivenRoute[];
}

/** A record of an interface that `dan kata-network` added. */
export type InterfaceRecord = core.AttachmentRecord & { readonly clientData: GivenRecord };

/** An interface that `dan kata-network` added, as it is in the sandbox's file. */
export interface AddedInterface {
  readonly record: InterfaceRecord;
  /** The file's path and contents. */
  readonly file: string;
  readonly document: ExistingDocument;
  /** Its entry as it is in the file. Someone may have edited it. */
  readonly entry: JsonObject;
}

/** The interfaces that `dan kata-network` added to a sandbox, in order. Throws `dan-file-unreadable`, `io-failure`. */
export function interfacesOf(sandbox: SandboxId): readonly AddedInterface[] {
  const records = core.readRecords().filter((record) => record.sandbox === sandbox && isInterfaceRecord(record));
  const files = new Set(records.map(({ danConf }) => danFile(danConf, sandbox)));
  return [...files].flatMap((file) => {
    const document = readDanFile(file);
    if (document === undefined) return [];
    return ownEntries(document).flatMap(({ network, ifname, entry }) => {
      const record = network === kataNetworkName ? recordOf(sandbox, ifname) : undefined;
      return record === undefined || danFile(record.danConf, sandbox) !== file
        ? []
        : [{ record, file, document, entry }];
    });
  });
}

/** What is known about an interface that was added, even only in part; undefined if nothing is. */
export function givenInterface(sandbox: SandboxId, name: string): GivenInterface | undefined {
  return recordOf(sandbox, name)?.clientData.interface;
}

function recordOf(sandbox: SandboxId, name: string): InterfaceRecord | undefined {
  const identity = identityOf(sandbox, name);
  const state = core.lookAtRecord(identity, deriveNames(identity));
  return state.is === 'ours' && isInterfaceRecord(state.record) ? state.record : undefined;
}

/** Whether a record is of an interface that `dan kata-network` added. If so, it has written `clientData` itself. */
export function isInterfaceRecord(record: core.AttachmentRecord): record is InterfaceRecord {
  return record.network === kataNetworkName && isObject(record.clientData);
}
