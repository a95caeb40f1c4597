import type { NetworkConfig } from '../../config/interpret.ts';
import { readNetwork } from '../../config/network.ts';
import type { ExistingDocument } from '../../dan/merge.ts';
import { danFile } from '../../dan/store.ts';
import type { Log } from '../../host/log.ts';
import type { OpenNetns } from '../../host/netns.ts';
import type { NodeView, Plan } from '../../kinds/device.ts';
import type { Device } from '../../kinds/kinds.ts';
import { type DerivedNames, deriveNames, type Identity, parseSandboxId, type SandboxId } from '../../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import type { Link } from '../../model/link.ts';
import type { Parsed } from '../../model/parsed.ts';
import type { Request } from '../../protocol/dispatch.ts';
import type { Environment } from '../../protocol/environment.ts';
import { protocolError } from '../../protocol/error.ts';
import type { Guest } from '../plugging.ts';
import { type Settings, settle } from '../settings.ts';

/** An attachment whose sandbox and interface names are safe in file names and on command lines. */
type SandboxIdentity = Identity & { readonly sandbox: SandboxId; readonly ifname: InterfaceName };

/** The input of an ADD. */
export interface Task extends Settings {
  readonly request: Request;
  readonly config: NetworkConfig;
  readonly identity: SandboxIdentity;
  readonly names: DerivedNames;
  /** Path of the sandbox's file. */
  readonly file: string;
  /** Inode number of the pod's namespace; undefined if there is none. */
  readonly netnsInode: number | undefined;
  readonly log: Log;
  /** File descriptor of the sandbox's lock while it is held. Programs inherit it. */
  readonly lock?: number;
  /** The record is written already, since the attachment waited for another network of its sandbox. */
  readonly isAnnounced?: boolean;
}

/** An ADD whose device is planned. */
export interface PlannedTask extends Task {
  readonly plan: Plan<Device>;
  readonly view: NodeView;
  /** The sandbox's file before the ADD. */
  readonly document: ExistingDocument | undefined;
  /** The running guest to plug into; undefined if the sandbox does not run yet. */
  readonly guest?: Guest | undefined;
}

/** A planned ADD that may have to wait. */
export interface ExaminedTask extends PlannedTask {
  /** A link in the pod whose network the guest would currently lose. */
  readonly hidden: Link | undefined;
}

/**
 * Reads the request of an ADD, and refuses what is wrong in it. Does not look at links yet. `netns` is the namespace
 * that was opened at the request's path, or 'assumed' if none needs to exist.
 */
export function readTask(request: Request, log: Log, netns: OpenNetns | 'assumed'): Task {
  const { environment, input } = request;
  const identity = identify(environment, input.name);
  const config = readNetwork(input.document, environment);
  if (netns !== 'assumed') refuseUnusableNetns(environment, netns);
  const settings = settle(config);
  const file = danFile(settings.danConf, identity.sandbox);
  const inode = netns === 'assumed' ? undefined : netns.inode;
  return { ...settings, request, config, identity, names: deriveNames(identity), file, netnsInode: inode, log };
}

function identify({ containerId, ifname }: Environment, network: string): SandboxIdentity {
  const valid = <T>(what: string, parsed: Parsed<T>): T => {
    if (parsed.ok) return parsed.value;
    throw protocolError('invalid-environment', `${what} ${parsed.why}`);
  };
  const sandbox = valid(`CNI_CONTAINERID ${containerId}`, parseSandboxId(containerId));
  const name = valid(`CNI_IFNAME ${JSON.stringify(ifname)}`, parseInterfaceName(ifname));
  if (name !== 'lo') return { network, sandbox, ifname: name };
  throw protocolError('invalid-environment', 'CNI_IFNAME "lo" is the loopback of every guest: use another name');
}

const netnsFaults = {
  missing: 'does not exist: the runtime makes it before ADD',
  'no-namespace': 'is no network namespace: the runtime mounts one there',
  own:
    'is the namespace that dan itself runs in: a sandbox needs one of its own ' +
    '(CNI_NETNS_OVERRIDE=true overrides this)',
} as const;

// libcni's skel does the same check: in its own namespace, a plugin would mistake the host's links for the pod's.
function refuseUnusableNetns({ netns, netnsOverride }: Environment, { is: seen }: OpenNetns): void {
  if (seen === 'other' || (seen === 'own' && netnsOverride)) return;
  throw protocolError('invalid-netns', `CNI_NETNS ${netns} ${netnsFaults[seen]}`);
}
