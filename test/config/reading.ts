import type { NetworkConfig, RuntimeWords } from '../../src/config/interpret.ts';
import { readNetwork } from '../../src/config/network.ts';
import type { HostTapRequest } from '../../src/kinds/host-tap.ts';
import type { JsonObject } from '../../src/json/object.ts';

/** The smallest valid network configuration. */
export const least = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', bridge: 'br0' } as const;

/** What the runtime passes with a configuration, with an empty CNI_ARGS. */
export const words: RuntimeWords = { args: new Map(), ifname: 'eth0' };

export function read(changes: JsonObject = {}, args: Readonly<Record<string, string>> = {}): NetworkConfig {
  return readNetwork({ ...least, ...changes }, { ...words, args: new Map(Object.entries(args)) });
}

/** The request for a tap in a configuration with a bridge. */
export function readTap(changes: JsonObject = {}, args: Readonly<Record<string, string>> = {}): HostTapRequest {
  const { device } = read(changes, args);
  if (device.device !== 'host-tap') throw new Error(`it is a ${device.device}`);
  return device;
}

/** The message of a refusal with code 7, after its common beginning. */
export function refusal(changes: JsonObject, args: Readonly<Record<string, string>> = {}): string {
  return refusalOf(() => read(changes, args));
}

/** The same for another way of reading. */
export function refusalOf(attempt: () => NetworkConfig): string {
  const start = 'in the network configuration, ';
  try {
    attempt();
  } catch (error) {
    const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
    if (name !== 'invalid-configuration' || code !== 7 || typeof message !== 'string') throw error;
    if (message.startsWith(start)) return message.slice(start.length);
  }
  throw new Error('it was accepted, or refused in another way');
}
