import { kernel } from '#kernel';
import { type DeviceRequest, kindOf, wantsOf } from '../../kinds/kinds.ts';
import type { Site } from '../../host/site.ts';
import { switchAccessFault } from '../../host/switch-process.ts';
import { countPorts, showsLinuxBridge } from '../../host/sysfs.ts';
import { sentenceOf } from '../../model/error.ts';
import { deriveNames } from '../../model/identity.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { bridgeLimit } from '../../model/limit.ts';
import { dirname } from '../../model/path.ts';
import { CniError } from '../../protocol/error.ts';
import { lookAtOvs } from '../find-ovs.ts';

/** Why nothing can be connected to the configured switch, as sentences. Empty if it can. */
export async function switchFaults(device: DeviceRequest, site: Site): Promise<readonly string[]> {
  const { bridge, database } = wantsOf(device);
  if (bridge === null) return [];
  // The only possible fault of a Linux bridge is that it is full.
  const faults =
    database === undefined && showsLinuxBridge(bridge)
      ? [fullFault(bridge)]
      : [await bridgeFault(device, bridge, site), socketFault(device)];
  return faults.filter((fault) => fault !== undefined);
}

function fullFault(bridge: InterfaceName): string | undefined {
  const met = bridgeLimit(bridge, countPorts(bridge));
  return met && sentenceOf(met);
}

// STATUS reports what an ADD would refuse.
async function bridgeFault(device: DeviceRequest, bridge: InterfaceName, site: Site): Promise<string | undefined> {
  // There is no attachment yet whose port could be in the way, so any name will do.
  const { link: port } = deriveNames({ network: '', sandbox: '', ifname: '' });
  try {
    const ovs = await lookAtOvs(wantsOf(device), undefined, port, site);
    // In most cases the bridge is in Open vSwitch, and one process has answered everything.
    const isClear = ovs?.bridge !== undefined && !showsLinuxBridge(bridge);
    const [link] = isClear ? [] : await kernel.readLinks([bridge], 'host', site);
    const view = { bridge: link, portMtus: [], bridgeMacIsSet: false, ovs };
    kindOf(device).refuseBridge(device, bridge, view);
    if (ovs?.bridge?.fault === undefined) return undefined;
    return `the Open vSwitch at ${ovs.database} does not run the bridge ${bridge}: ${ovs.bridge.fault}`;
  } catch (error) {
    if (error instanceof CniError) return error.message;
    throw error;
  }
}

function socketFault(device: DeviceRequest): string | undefined {
  const { socket, database } = wantsOf(device);
  if (socket === undefined || database === undefined) return undefined;
  const fault = switchAccessFault(database, socket.path === undefined ? socket.directory : dirname(socket.path));
  return fault === undefined ? undefined : sentenceOf(fault);
}
