import type { Task } from '../../../src/attach/add/task.ts';
import { profiles } from '../../../src/dan/profile.ts';
import { deriveNames, type SandboxId } from '../../../src/model/identity.ts';
import type { InterfaceName } from '../../../src/model/interface-name.ts';
import { parseEnvironment } from '../../../src/protocol/environment.ts';
import type { JsonObject } from '../../../src/json/object.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';
import { readNetwork } from '../../../src/config/network.ts';

const variables = {
  CNI_COMMAND: 'ADD',
  CNI_CONTAINERID: 'sandbox-1',
  CNI_NETNS: '/run/netns/pod',
  CNI_IFNAME: 'eth0',
};
const environment = parseEnvironment(variables);
const identity = { network: 'kata-net', sandbox: 'sandbox-1' as SandboxId, ifname: 'eth0' as InterfaceName };

/** The task of an ADD for a network, on a bridge unless it names its device. Looks at no node. Throws as ADD would. */
export function taskOf(changes: JsonObject): Task {
  const bridge = changes['device'] === undefined ? { bridge: 'br0' } : {};
  const document = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', ...bridge, ...changes };
  const config = readNetwork(document, environment);
  return {
    danConf: '/dans',
    profile: profiles[config.runtime],
    request: {
      environment,
      variables,
      input: { cniVersion: '1.0.0', name: 'kata-net', document },
      interrupted: new Interruption(),
    },
    config,
    identity,
    names: deriveNames(identity),
    file: '/dans/sandbox-1.json',
    netnsInode: undefined,
    log: () => undefined,
  };
}
