import type { NetworkConfig } from '../../config/interpret.ts';
import { readNetwork } from '../../config/network.ts';
import { danFile } from '../../dan/store.ts';
import type { Log } from '../../host/log.ts';
import { lookAtNetns } from '../../host/netns.ts';
import { type DerivedNames, deriveNames, type Identity } from '../../model/identity.ts';
import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import { parseSandboxId, type SandboxId } from '../../model/sandbox-id.ts';
import type { Request } from '../../protocol/dispatch.ts';
import type { Environment } from '../../protocol/environment.ts';
import { protocolError } from '../../protocol/error.ts';
import { type Settings, settle } from '../settings.ts';

/** An attachment whose sandbox and interface can be written into files and onto command lines. */
interface SandboxIdentity extends Identity {
  readonly sandbox: SandboxId;
  readonly ifname: InterfaceName;
}

/** Everything an ADD goes by. */
export interface Task extends Settings {
  readonly request: Request;
  readonly config: NetworkConfig;
  readonly identity: SandboxIdentity;
  readonly names: DerivedNames;
  /** Path of the sandbox's file. */
  readonly file: string;
  readonly log: Log;
  /** The sandbox's lock, once it is held: programs inherit it. */
  readonly lock?: number;
}

/**
 * Reads all that an ADD is asked, and refuses what is wrong in itself. Looks at no link yet. With an assumed pod, there
 * need be no namespace.
 */
export function readTask(request: Request, log: Log, pod: 'assumed' | 'real' = 'real'): Task {
  const { environment, input } = request;
  const identity = identify(environment, input.name);
  const config = readNetwork(input.document, environment);
  if (pod === 'real') refuseUnusableNetns(environment);
  const settings = settle(config);
  const file = danFile(settings.danConf, identity.sandbox);
  return { ...settings, request, config, identity, names: deriveNames(identity), file, log };
}

function identify({ containerId, ifname }: Environment, network: string): SandboxIdentity {
  const sandbox = parseSandboxId(containerId);
  if (!sandbox.ok) throw protocolError('invalid-environment', `CNI_CONTAINERID ${containerId} ${sandbox.why}`);
  const name = parseInterfaceName(ifname);
  if (!name.ok) throw protocolError('invalid-environment', `CNI_IFNAME ${JSON.stringify(ifname)} ${name.why}`);
  if (name.value === 'lo') {
    throw protocolError('invalid-environment', 'CNI_IFNAME "lo" is the loopback of every guest: use another name');
  }
  return { network, sandbox: sandbox.value, ifname: name.value };
}

// libcni's skel does the same: in its own namespace, a plugin would take the host's links for the pod's.
function refuseUnusableNetns({ netns, netnsOverride }: Environment): void {
  const seen = lookAtNetns(netns);
  if (seen === 'missing') {
    throw protocolError('invalid-netns', `CNI_NETNS ${netns} does not exist: the runtime makes it before ADD`);
  }
  if (seen === 'no-namespace') {
    throw protocolError(
      'invalid-netns',
      `CNI_NETNS ${netns} is a file, but no namespace: the runtime mounts one there`,
    );
  }
  if (seen === 'own' && !netnsOverride) {
    throw protocolError(
      'invalid-netns',
      `CNI_NETNS ${netns} is the namespace that dan itself runs in: a sandbox needs one of its own ` +
        '(CNI_NETNS_OVERRIDE=true overrides this)',
    );
  }
}
