import { kernel } from '#kernel';
import * as core from '../attach/client.ts';
import { encode } from '../dan/encode.ts';
import { type ExistingDocument, findEntry } from '../dan/merge.ts';
import { danFile, readDanFile, removeEntry } from '../dan/store.ts';
import { apply } from '../host/apply.ts';
import type { Site } from '../host/site.ts';
import type { Plan } from '../kinds/device.ts';
import { type Device, linksOf, nameOf, pluggableOf } from '../kinds/kinds.ts';
import { danError } from '../model/error.ts';
import { deriveNames, type Identity } from '../model/identity.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { type Change, type Changing, changeSandbox } from './change.ts';
import { type GivenRecord, identityOf, isInterfaceRecord, kataNetworkName } from './interfaces.ts';
import { guestInterfaceOf, planInterface, reader, refuseNotCarried } from './plan-interface.ts';
import type { InterfaceRequest } from './requests/interface-request.ts';

/** An interface to add to a sandbox. */
export interface Addition extends Change {
  readonly danConf: string;
  /** The hypervisor that Kata is configured for, if known. */
  readonly hypervisor?: string | undefined;
  readonly request: InterfaceRequest;
}

/** What is known about an interface after it was added. */
export interface Added {
  /** Its position in the guest, as PCI slots; undefined if the sandbox has not started. */
  readonly devicePath?: string | undefined;
}

/**
 * Adds an interface to a sandbox: record, device, entry in its file, in this order, as CNI's ADD does. If the sandbox
 * runs, the interface is plugged in before the entry is written. Everything that can be refused is refused before
 * anything is made. If a later step fails, all is undone.
 */
export async function addInterface(addition: Addition): Promise<Added> {
  const { danConf, hypervisor, request } = addition;
  refuseNotCarried(request, hypervisor);
  core.refuseUnsafeDirectories(danConf);
  return await changeSandbox(addition, (changing) => attach(addition, changing));
}

async function attach(addition: Addition, { site: uninterruptible, undo, running }: Changing): Promise<Added> {
  const { sandbox, danConf, request, log, interrupted } = addition;
  // The cleanup of an undo is never interrupted.
  const site = interrupted === undefined ? uninterruptible : { ...uninterruptible, interrupted };
  const identity = identityOf(sandbox, request.name);
  const file = danFile(danConf, sandbox);
  refuseTaken(identity, request, file, readDanFile(file));
  const plan = await planInterface(request, identity, site);
  const { device, guestMac, mtu, attached } = plan;
  const guest = running === undefined ? undefined : await guestFor(running, plan, request, { site, log });

  const clientData: GivenRecord = { interface: request.given, routes: [] };
  const made = { format: 1, danConf, device, guestMac, netns: '' } as const;
  const plugged = guest && core.plugOf(guest, deriveNames(identity));
  const record = { ...identity, ...made, clientData: { ...clientData }, plugged };
  await core.claimContested(
    [nameOnHost(record, request.device), ...core.contestsOf(plan.exclusives, record)],
    record,
    undo,
  );
  undo.add(`remove the device ${request.device}`, () =>
    core.removeDevice(core.remainsOf(record), uninterruptible, log),
  );
  await apply(plan.operations, site);
  await core.makeFiles(device, sandbox, site, log);

  const network = { mtu, addresses: request.addresses, routes: [], neighbors: [] };
  const nic = { name: request.name, mac: guestMac, mtu, addresses: request.addresses };
  const own = { guest: nic, routes: [], neighbors: [] };
  const whole = guest === undefined ? record : await core.plugIn(guest, record, own, { undo, log, site });
  core.publish(file, null, whole, encode(reader, { ...identity, guestMac, device: attached, ...network }), undo);
  for (const warning of plan.warnings) log('warn', warning);
  return { devicePath: whole.plugged?.devicePath };
}

// Checks, before anything is made, whether the guest can get the interface.
async function guestFor(
  running: core.Running,
  { device, guestMac: mac }: Plan<Device>,
  { name }: InterfaceRequest,
  { site, log }: Pick<Changing, 'site'> & Pick<Change, 'log'>,
): Promise<core.Guest> {
  if (pluggableOf(device) === undefined) throw core.notPluggable(running);
  const guest = await core.reachGuest(running, site.timeoutSeconds);
  await core.refuseTakenIn(guest, { name, mac }, log);
  return guest;
}

// Claims the name on the host for one interface, because two sandboxes may ask for the same name at the same time.
function nameOnHost(record: core.AttachmentRecord, device: string): core.Contest {
  const refuse = (): void => {
    const other = core.recordsOfOthers(nameOf(record.device)).find((one) => hasDevice(one, device));
    if (other === undefined) return;
    throw danError(
      'device-unusable',
      `the device ${device} is that of ${core.ownerText(other)}, and a device serves one sandbox: use another name`,
    );
  };
  return { lock: { kind: 'tap', name: device }, refuse };
}

function hasDevice(record: core.AttachmentRecord, device: string): boolean {
  const asked = isInterfaceRecord(record) ? record.clientData.interface.device : undefined;
  return asked === device || linksOf(record.device).some((link) => link.name === device);
}

function refuseTaken(
  identity: Identity,
  request: InterfaceRequest,
  file: string,
  document: ExistingDocument | undefined,
): void {
  const names = deriveNames(identity);
  const state = core.lookAtRecord(identity, names);
  if (state.is === 'foreign') core.refuseRecorded(identity, names, state);
  const isRecorded = state.is !== 'missing';
  const isInFile = document !== undefined && findEntry(document, identity.network, request.name) !== undefined;
  if (isRecorded || isInFile) {
    throw danError(
      'attachment-exists',
      `sandbox ${identity.sandbox} has the interface "${request.name}" already (${isRecorded ? core.recordPath(names.link) : file}): nothing was ` +
        'changed; "dan kata-network del-iface" removes it',
    );
  }
  core.refuseAttached(file, document, identity, null);
  core.refuseNewFaults(document, guestInterfaceOf(request));
}

/** An interface to remove from a sandbox. */
export interface Removal extends Change {
  /** The directory of the sandbox's file, if no record names it. */
  readonly danConf: string;
  /** Its name in the guest. */
  readonly name: InterfaceName;
}

/**
 * Removes an interface of `dan kata-network` from a sandbox, with its routes: device, entry, record, as CNI's DEL does.
 * If the sandbox runs, an interface that was plugged in is unplugged first; any other is refused. A tap that existed
 * before stays. What a killed `add-iface` left is removed as well. Tries everything, then throws the first failure with
 * the others in its details. Throws `not-found` if there was nothing.
 */
export async function delInterface(removal: Removal): Promise<void> {
  await changeSandbox(removal, ({ site, running }) => detach(removal, site, running));
}

async function detach(
  { sandbox, danConf, name, log }: Removal,
  site: Site,
  running: core.Running | undefined,
): Promise<void> {
  const identity = identityOf(sandbox, name);
  const names = deriveNames(identity);
  const state = core.lookAtRecord(identity, names);
  const record = state.is === 'ours' ? state.record : undefined;
  const file = danFile(record?.danConf ?? danConf, sandbox);
  const document = readDanFile(file);
  const isInFile = document !== undefined && findEntry(document, kataNetworkName, name) !== undefined;
  const isThere =
    state.is === 'ours' ||
    state.is === 'faulty' ||
    isInFile ||
    (await kernel.readLinks([names.altname], 'host', site)).length > 0;
  if (running !== undefined && record?.plugged === undefined && isThere) {
    throw core.guestKeeps(running, `the interface "${name}"`);
  }
  if (record?.plugged !== undefined) await core.unplugRecorded(record.plugged, site.timeoutSeconds, log);
  const remains = core.remainsBy(state, names);
  await core.attemptAll([
    () => core.removeDevice(remains, site, log),
    () => {
      removeEntry(file, kataNetworkName, name);
    },
  ]);
  if (state.is !== 'foreign') core.removeRecord(names.link, sandbox);
  if (isThere) return;
  throw danError(
    'not-found',
    `sandbox ${sandbox} has no interface "${name}" that was added by "dan kata-network add-iface": "dan kata-network ` +
      `list-ifaces ${sandbox}" shows those it has`,
  );
}
