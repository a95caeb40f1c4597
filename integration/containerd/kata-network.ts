import type { Host } from '../harness/host.ts';
import { hostLocal } from '../host-tap/network.ts';

/** A network configuration list with dan on the bridge `br0`, dual stack; `changes` overrides keys of dan's part. */
export function kataNetwork(changes: Readonly<Record<string, unknown>> = {}): object {
  return {
    cniVersion: '1.0.0',
    cniVersions: ['1.0.0', '1.1.0'],
    name: 'kata-net',
    plugins: [{ type: 'dan', bridge: 'br0', runtime: 'runtime-rs', ipam: hostLocal, ...changes }],
  };
}

/** What the tests look at in a DAN file. */
export interface DanFile {
  readonly devices: readonly {
    readonly name: string;
    readonly guest_mac: string;
    readonly device: { readonly type: string; readonly tap_name: string };
    readonly network_info: { readonly interface: { readonly ip_addresses: readonly string[] } };
  }[];
}

/** Reads the DAN file of a sandbox. */
export async function readDanFile(host: Host, sandboxId: string): Promise<DanFile> {
  return JSON.parse(await host.sh(`cat /run/kata-containers/dans/${sandboxId}.json`)) as DanFile;
}

/** The addresses of all devices in a DAN file, without prefixes: what a runtime reports as a pod's. */
export function addresses({ devices }: DanFile): readonly string[] {
  return devices.flatMap(({ network_info }) => network_info.interface.ip_addresses.map(withoutPrefix));
}

function withoutPrefix(address: string): string {
  return address.replace(/\/.*/, '');
}
