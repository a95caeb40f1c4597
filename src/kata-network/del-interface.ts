import { kernel } from '#kernel';
import * as core from '../attach/client.ts';
import { findEntry } from '../dan/merge.ts';
import { danFile, readDanFile, removeEntry } from '../dan/store.ts';
import type { Site } from '../host/site.ts';
import { danError } from '../model/error.ts';
import { deriveNames } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { type Change, changeSandbox } from './change.ts';
import { identityOf } from './interfaces.ts';

/** An interface that a sandbox is to lose. */
export interface Removal extends Change {
  /** Where the sandbox's file is if no record tells. */
  readonly danConf: string;
  /** Its name in the guest. */
  readonly name: InterfaceName;
}

/**
 * Takes an interface of `dan kata-network` from a sandbox that does not run, with its routes: device, entry, record, as
 * CNI's DEL does. A tap that was there before stays. What a killed `add-iface` left goes as well. Throws the first failure, with the
 * others in its details, after everything was tried; `not-found` if there was nothing.
 */
export async function delInterface(removal: Removal): Promise<void> {
  await changeSandbox(removal, (site) => detach(removal, site));
}

async function detach({ sandbox, danConf, name, log }: Removal, site: Site): Promise<void> {
  const identity = identityOf(sandbox, name);
  const { network } = identity;
  const names = deriveNames(identity);
  const found = core.readRecord(names.link);
  const record: core.AttachmentRecord | undefined = typeof found === 'string' ? undefined : found;
  const file = danFile(record?.danConf ?? danConf, sandbox);
  const document = readDanFile(file);
  const isInFile = document !== undefined && findEntry(document, network, name) !== undefined;
  const isThere = found !== 'missing' || isInFile || (await kernel.readLinks([names.altname], 'host', site)).length > 0;
  await core.attemptAll([
    () =>
      core.removeDevice(record === undefined ? core.remainsWithoutRecord(names) : core.remainsOf(record), site, log),
    () => {
      removeEntry(file, network, name);
    },
  ]);
  core.removeRecord(names.link, sandbox);
  if (isThere) return;
  throw danError(
    'not-found',
    `sandbox ${sandbox} has no interface "${name}" that was added by "dan kata-network add-iface": "dan kata-network ` +
      `list-ifaces ${sandbox}" shows those it has`,
  );
}
