import { elements, emptySlice, GoDecoder, type GoFields, type GoSlice } from './go-json.ts';
import { goSyntaxError } from './go-syntax.ts';
import { parseJson } from './json.ts';

/** A route of a file. */
export interface GoRoute {
  dest: string;
  gateway: string;
  source: string;
  scope: number;
}

/** A neighbor of a file. */
export interface GoNeighbor {
  ip_address: string;
  hardware_addr: string;
  state: number;
  flags: number;
}

/** A device of a file, with Go's zero values for what it lacks. */
export interface GoDanDevice {
  name: string;
  guest_mac: string;
  readonly device: {
    type: string;
    path: string;
    pci_device_id: string;
    tap_name: string;
    queue_num: number;
    queue_size: number;
  };
  readonly network_info: {
    readonly interface: { ip_addresses: GoSlice<string>; mtu: number; ntype: string; flags: number };
    routes: GoSlice<GoRoute>;
    neighbors: GoSlice<GoNeighbor>;
  };
}

interface GoDanConfig {
  netns: string;
  devices: GoSlice<GoDanDevice>;
}

/** Name of the package that the recorded errors show; in Kata it is imported under that name. */
const packageName = 'vctypes';

/**
 * The devices of a file as the Go runtime unmarshals them: the structs of Kata's
 * src/runtime/virtcontainers/types/dan.go at 7c6ba40c, which have no flags and no MTU for a route.
 */
export function parseGoDocument(
  text: string,
): { readonly error: string } | { readonly devices: readonly GoDanDevice[] } {
  const json = parseJson(text);
  const syntaxError = goSyntaxError(json);
  if (syntaxError !== undefined || json.root === undefined) return { error: syntaxError ?? '' };
  const go = new GoDecoder(packageName);
  const config: GoDanConfig = { netns: '', devices: emptySlice() };
  go.struct(json.root, config, 'DanConfig', configFields(go));
  return go.firstError === undefined ? { devices: elements(config.devices) } : { error: go.firstError };
}

function configFields(go: GoDecoder): GoFields<GoDanConfig> {
  const device = deviceFields(go);
  return {
    netns: (it, node) => (it.netns = go.string(node, it.netns)),
    devices: (it, node) => {
      const type = `[]${go.typeName('DanDevice')}`;
      it.devices = go.slice(node, it.devices, type, (item, old = newDevice()) =>
        go.struct(item, old, 'DanDevice', device),
      );
    },
  };
}

function newDevice(): GoDanDevice {
  return {
    name: '',
    guest_mac: '',
    device: { type: '', path: '', pci_device_id: '', tap_name: '', queue_num: 0, queue_size: 0 },
    network_info: {
      interface: { ip_addresses: emptySlice(), mtu: 0, ntype: '', flags: 0 },
      routes: emptySlice(),
      neighbors: emptySlice(),
    },
  };
}

function deviceFields(go: GoDecoder): GoFields<GoDanDevice> {
  const kind: GoFields<GoDanDevice['device']> = {
    type: (it, node) => (it.type = go.string(node, it.type, go.typeName('DanDeviceType'))),
    path: (it, node) => (it.path = go.string(node, it.path)),
    pci_device_id: (it, node) => (it.pci_device_id = go.string(node, it.pci_device_id)),
    tap_name: (it, node) => (it.tap_name = go.string(node, it.tap_name)),
    queue_num: (it, node) => (it.queue_num = go.integer(node, it.queue_num, 'int')),
    queue_size: (it, node) => (it.queue_size = go.integer(node, it.queue_size, 'int')),
  };
  const info = networkInfoFields(go);
  return {
    name: (it, node) => (it.name = go.string(node, it.name)),
    guest_mac: (it, node) => (it.guest_mac = go.string(node, it.guest_mac)),
    device: (it, node) => go.struct(node, it.device, 'Device', kind),
    network_info: (it, node) => go.struct(node, it.network_info, 'NetworkInfo', info),
  };
}

function networkInfoFields(go: GoDecoder): GoFields<GoDanDevice['network_info']> {
  const netInterface: GoFields<GoDanDevice['network_info']['interface']> = {
    ip_addresses: (it, node) =>
      (it.ip_addresses = go.slice(node, it.ip_addresses, '[]string', (item, old = '') => go.string(item, old))),
    mtu: (it, node) => (it.mtu = go.integer(node, it.mtu, 'uint64')),
    ntype: (it, node) => (it.ntype = go.string(node, it.ntype)),
    flags: (it, node) => (it.flags = go.integer(node, it.flags, 'uint32')),
  };
  const route: GoFields<GoRoute> = {
    dest: (it, node) => (it.dest = go.string(node, it.dest)),
    gateway: (it, node) => (it.gateway = go.string(node, it.gateway)),
    source: (it, node) => (it.source = go.string(node, it.source)),
    scope: (it, node) => (it.scope = go.integer(node, it.scope, 'uint32')),
  };
  const neighbor: GoFields<GoNeighbor> = {
    ip_address: (it, node) => (it.ip_address = go.string(node, it.ip_address)),
    hardware_addr: (it, node) => (it.hardware_addr = go.string(node, it.hardware_addr)),
    state: (it, node) => (it.state = go.integer(node, it.state, 'uint32')),
    flags: (it, node) => (it.flags = go.integer(node, it.flags, 'uint32')),
  };
  const newRoute = (): GoRoute => ({ dest: '', gateway: '', source: '', scope: 0 });
  const newNeighbor = (): GoNeighbor => ({ ip_address: '', hardware_addr: '', state: 0, flags: 0 });
  return {
    interface: (it, node) => go.struct(node, it.interface, 'Interface', netInterface),
    routes: (it, node) => {
      const type = `[]${go.typeName('Route')}`;
      it.routes = go.slice(node, it.routes, type, (item, old = newRoute()) => go.struct(item, old, 'Route', route));
    },
    neighbors: (it, node) => {
      const type = `[]${go.typeName('ARPNeighbor')}`;
      it.neighbors = go.slice(node, it.neighbors, type, (item, old = newNeighbor()) =>
        go.struct(item, old, 'ARPNeighbor', neighbor),
      );
    },
  };
}
