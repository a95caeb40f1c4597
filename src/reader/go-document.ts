import type { DanInterface, DanNeighbor, DanRoute, Queues } from './dan-document.ts';
import { GoDecoder, type GoType } from './go-decoder.ts';
import { parseJson } from './json.ts';
import { type Reason, type Refusal, refusal } from './verdict.ts';

/** A route of a file. */
export type GoRoute = Omit<DanRoute, 'flags' | 'mtu'>;

/** A neighbor of a file. */
export type GoNeighbor = Omit<DanNeighbor, 'ip_address'> & { readonly ip_address: string };

/** A device of a file, with Go's zero values for what it lacks. */
export interface GoDanDevice {
  readonly name: string;
  readonly guest_mac: string;
  readonly device: Queues & Readonly<Record<'path' | 'pci_device_id' | 'tap_name' | 'type', string>>;
  readonly network_info: {
    readonly interface: DanInterface;
    readonly routes: readonly GoRoute[];
    readonly neighbors: readonly GoNeighbor[];
  };
}

interface GoDocument {
  readonly accepted: true;
  readonly devices: readonly GoDanDevice[];
  readonly altered: readonly Reason[];
}

/**
 * The devices of a file as the Go runtime unmarshals them: the structs of Kata's
 * src/runtime/virtcontainers/types/dan.go at 7c6ba40c, which have no flags and no MTU for a route.
 */
export function parseGoDocument(text: string): Refusal | GoDocument {
  const json = parseJson(text);
  if ('fault' in json) return refusal(json.fault);
  const go = new GoDecoder();
  const file = go.object<{ netns: string; devices: readonly GoDanDevice[] }>({
    netns: go.text,
    devices: go.list(entry(go)),
  });
  const { devices } = file.read(json.root, file.zero, '');
  const { altered, refusals } = go;
  return refusals.length > 0 ? { accepted: false, refusals } : { accepted: true, devices, altered };
}

function entry(go: GoDecoder): GoType<GoDanDevice> {
  const { text } = go;
  const [int, uint32] = [go.whole('int'), go.whole('uint32')];
  const link = go.object<DanInterface>({
    ip_addresses: go.list(text),
    mtu: go.whole('uint64'),
    ntype: text,
    flags: uint32,
  });
  return go.object<GoDanDevice>({
    name: text,
    guest_mac: text,
    device: go.object<GoDanDevice['device']>({
      ...{ type: text, path: text, pci_device_id: text, tap_name: text },
      ...{ queue_num: int, queue_size: int },
    }),
    network_info: go.object<GoDanDevice['network_info']>({
      interface: link,
      routes: go.list(go.object<GoRoute>({ dest: text, gateway: text, source: text, scope: uint32 })),
      neighbors: go.list(
        go.object<GoNeighbor>({ ip_address: text, hardware_addr: text, state: uint32, flags: uint32 }),
      ),
    }),
  });
}
