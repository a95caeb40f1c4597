import { kernel } from '#kernel';
import { system } from '#system';
import type { NetworkConfig } from '../../config/interpret.ts';
import { readWithoutPod } from '../../config/network.ts';
import { kindOf, wantsOf } from '../../kinds/kinds.ts';
import { exists, statusAt } from '../../host/files.ts';
import { pciBus } from '../../host/function-text.ts';
import { toolPath } from '../../host/tools.ts';
import { dirname } from '../../model/path.ts';
import { vfioDriver } from '../../model/virtual-function.ts';
import type { Tool } from '../../model/tool.ts';
import type { Request } from '../../protocol/dispatch.ts';
import { messageOf } from '../../json/thrown.ts';
import { CniError, protocolError } from '../../protocol/error.ts';
import { lockDirectory, recordDirectory, unsafeDirectories } from '../directories.ts';
import { delegateIfKnown } from '../ipam.ts';
import { toolsOf } from '../needed-tools.ts';
import { settle } from '../settings.ts';
import { switchFaults } from './switch-status.ts';

/**
 * Checks whether an ADD could work on this node: the tap driver, programs, directories, the switch, the IPAM plugin.
 * Throws `not-available` (50) if not; passes an IPAM plugin's own 50 or 51 on.
 */
export async function status(request: Request): Promise<void> {
  const config = readWithoutPod(request.input.document);
  const { danConf } = settle(config);
  const faults = [
    ...nodeFaults[kindOf(config.device).opens](),
    ...toolsOf(config, kernel.runsPrograms).map(toolFault),
    ...[danConf, recordDirectory, lockDirectory, ...socketDirectoryOf(config)].map(unwritable),
    ...unsafeDirectories(danConf, config.device),
    ...(await switchFaults(config.device, { timeoutSeconds: config.commandTimeout })),
  ];
  // Several checks may report the same missing program.
  const found = [...new Set(faults.filter((fault) => fault !== undefined))];
  if (found.length > 0)
    throw protocolError('not-available', `no sandbox can be attached on this node: ${found.join('; ')}`);
  if (config.ipamType !== undefined) await ipamReady(request, config.ipamType);
}

async function ipamReady(request: Request, type: string): Promise<void> {
  try {
    await delegateIfKnown(request, 'STATUS', type);
  } catch (error) {
    if (!(error instanceof CniError) || error.name !== 'ipam-plugin-missing') throw error;
    throw protocolError('not-available', `no sandbox can be attached on this node: ${error.message}`);
  }
}

/** What is missing on the node, by what the VMM opens. */
const nodeFaults = {
  tap: () => [tunFault()],
  socket: () => [],
  group: () => [vfioFault()],
} as const;

function vfioFault(): string | undefined {
  return exists(`${pciBus}/drivers/${vfioDriver}`)
    ? undefined
    : `the driver ${vfioDriver} is missing: load it with "modprobe ${vfioDriver}"`;
}

function tunFault(): string | undefined {
  return system.stat('/dev/net/tun')?.type === 'character-device'
    ? undefined
    : '/dev/net/tun is missing: load it with "modprobe tun"';
}

// The directory of an explicit socket is left to the author of the configuration.
function socketDirectoryOf({ device }: NetworkConfig): readonly string[] {
  const { socket } = wantsOf(device);
  return socket !== undefined && socket.path === undefined ? [socket.directory] : [];
}

function toolFault(tool: Tool): string | undefined {
  try {
    toolPath(tool);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

// The first ADD makes a missing directory, so its closest existing parent counts.
function unwritable(directory: string): string | undefined {
  const seen = statusAt(directory);
  if (seen === undefined) return directory === '/' ? '/ is missing' : unwritable(dirname(directory));
  if (seen.type !== 'directory') return `${directory} is not a directory`;
  if (system.access(directory, 'write') && system.access(directory, 'execute')) return undefined;
  return `${directory} cannot be written to: see whether its file system is read-only, and its permissions`;
}
