import { type NetworkConfig, readNetwork } from '../../src/config/network.ts';
import type { JsonObject } from '../../src/protocol/input.ts';

/** The least that is a network configuration. */
export const least = { cniVersion: '1.0.0', name: 'kata-net', type: 'dan', bridge: 'br0' } as const;

export function read(changes: JsonObject = {}, args: Readonly<Record<string, string>> = {}): NetworkConfig {
  return readNetwork({ ...least, ...changes }, new Map(Object.entries(args)));
}

/** The message of a refusal with code 7, behind the words that every one starts with. */
export function refusal(changes: JsonObject, args: Readonly<Record<string, string>> = {}): string {
  const start = 'in the network configuration, ';
  try {
    read(changes, args);
  } catch (error) {
    const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
    if (name !== 'invalid-configuration' || code !== 7 || typeof message !== 'string') throw error;
    if (message.startsWith(start)) return message.slice(start.length);
  }
  throw new Error('it was accepted, or refused in another way');
}
