import type { Log } from '../../host/log.ts';
import { parseIp } from '../../model/ip.ts';
import type { Result } from '../../protocol/result.ts';
import type { GuestAddress } from './addressing.ts';

/** What the kernel says of the interface that a plugin before made. */
export interface KernelFacts {
  readonly ifname: string;
  readonly addresses: readonly GuestAddress[];
  readonly guestMac: string;
  /** Bytes. */
  readonly mtu: number;
}

/** Logs where the result of the plugin before and the kernel disagree: the guest gets what the kernel has. */
export function logDifferences(previous: Result, kernel: KernelFacts, log: Log): void {
  const at = previous.interfaces.findIndex(({ name, sandbox }) => name === kernel.ifname && (sandbox ?? '') !== '');
  const claimed = previous.ips
    .filter((ip) => ip.interface === undefined || at < 0 || ip.interface === at)
    .map(({ address }) => canonical(withoutPrefix(address)));
  const real = kernel.addresses.map(({ address }) => address.text as string);
  const missing = claimed.filter((address) => !real.includes(address));
  const unannounced = real.filter((address) => !claimed.includes(address));
  if (missing.length > 0 || unannounced.length > 0) {
    log('warn', 'the result of the plugin before has other addresses than the kernel, which counts', {
      missing,
      unannounced,
    });
  }
  const { mac = kernel.guestMac, mtu = kernel.mtu } = previous.interfaces[at] ?? {};
  if (mac.toLowerCase() !== kernel.guestMac || mtu !== kernel.mtu) {
    log('warn', 'the result of the plugin before has another MAC or MTU than the kernel, which counts', {
      previous: { mac, mtu },
      kernel: { mac: kernel.guestMac, mtu: kernel.mtu },
    });
  }
}

// Not every plugin writes IPv6 as the kernel prints it.
function canonical(address: string): string {
  const parsed = parseIp(address);
  return parsed.ok ? parsed.value.text : address;
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*$/, '');
}
