import type { ProfileName } from '../dan/profile.ts';
import { type AnyKind, type DeviceRequest, kindNamed } from '../kinds/kinds.ts';
import { invalid, type KindKey } from '../kinds/settings.ts';
import { type Bandwidth, limitsAny } from '../model/bandwidth.ts';
import type { InterfaceAddress } from '../model/cidr.ts';
import { type Neighbor, routeFault, type RouteRequest } from '../model/route.ts';
import type { PciAddress } from '../model/pci.ts';
import { isObject } from '../json/object.ts';
import type { ResultDns } from '../protocol/result.ts';
import type { Fault, KeyFault } from './faults.ts';
import { type Unheeded, unheededIn } from './injected.ts';
import type { PodSetting } from './pod-settings.ts';
import { networkKeys, type NetworkValues } from './keys.ts';
import { type Reader, readInside } from './reader.ts';
import { readRuntimeSettings, type RuntimeSettings } from './runtime.ts';
import { pciAddress, socketNameIn } from './values.ts';

/** A network configuration, parsed once: how dan attaches a sandbox. */
export interface NetworkConfig {
  readonly device: DeviceRequest;
  readonly runtime: ProfileName;
  readonly danConf: string | undefined;
  readonly kataConfig: string | undefined;
  /** Fixed addresses; empty if an IPAM plugin or the pod's link gives them. */
  readonly addresses: readonly InterfaceAddress[];
  readonly routes: readonly RouteRequest[];
  readonly neighbors: readonly Neighbor[];
  readonly defaultRoute: boolean;
  /** File name of the IPAM plugin. */
  readonly ipamType: string | undefined;
  /** DNS settings of the configuration or of the runtime; undefined if those of the IPAM plugin count. */
  readonly dns: ResultDns | undefined;
  /** A running sandbox is not refused: the interface is plugged into it. */
  readonly hotplug: boolean;
  /** Seconds. */
  readonly commandTimeout: number;
  /** What the request asks for that dan does not do. */
  readonly unheeded: readonly Unheeded[];
}

/** What the runtime passes in addition to the configuration. */
export interface RuntimeWords {
  /** CNI_ARGS. */
  readonly args: ReadonlyMap<string, string>;
  readonly ifname: string;
}

/**
 * Interprets a configuration whose keys were read one by one. Conflicts between keys, and requests of the runtime that
 * dan cannot fulfil, are added to `faults`. Rules about a key in `faulty` are skipped.
 */
export function interpret(
  network: NetworkValues,
  words: RuntimeWords,
  faulty: ReadonlySet<string>,
  faults: Fault[],
): NetworkConfig {
  const refuse = (text: string): void => {
    faults.push({ of: 'rule', ...invalid(text) });
  };
  const asked = isObject(network.args?.['cni']) ? network.args['cni'] : {};
  const runtime = readRuntimeSettings(network.runtimeConfig ?? {});
  const kind = kindNamed(network.device);
  const ipamType = ipamTypeOf(network);
  if (network.addresses.length > 0 && ipamType !== undefined) {
    refuse('"addresses" and "ipam" both give addresses: leave one of them out');
  }
  if (ipamType === 'dhcp' && kind.addresses === 'own') {
    refuse(
      '"ipam": {"type": "dhcp"} cannot give addresses here: dhcp asks by an interface in the pod\'s namespace, and ' +
        `that of "device": "${network.device}" is in the guest: leave "ipam" out and let the guest ask, or use host-local ` +
        'or static, or "device": "tcfilter" behind a plugin with this "ipam"',
    );
  }
  // The network's own socket path takes precedence, whatever a pod may set.
  const allowed = network.podMaySet.filter((one) => one !== 'vhostUserSocket' || network.socketPath === undefined);
  const ofPod = (setting: PodSetting, askers: Askers): Askers => (allowed.includes(setting) ? askers : []);
  const macs: Askers = [
    ['runtimeConfig.mac', runtime.mac],
    ...ofPod('mac', [
      ['args.cni.mac', asked['mac']],
      ['MAC in CNI_ARGS', words.args.get('MAC')],
    ]),
  ];
  const ips: Askers = [['runtimeConfig.ips', runtime.ips], ...ofPod('ips', [['args.cni.ips', asked['ips']]])];
  const socket: Askers = [['runtimeConfig.vhostUserSocket', runtime.vhostUserSocket]];
  const socketOfPod = ofPod('vhostUserSocket', [['args.cni.vhostUserSocket', asked['vhostUserSocket']]]);
  const mac = firstAsked(macs, networkKeys.mac.value, isEmptyText, faults) ?? network.mac;
  const path = firstAsked(socket, networkKeys.socketPath.value, isEmptyText, faults) ?? network.socketPath;
  const pathOfPod =
    path === undefined ? firstAsked(socketOfPod, socketNameIn(network.socketDir), isEmptyText, faults) : undefined;
  const bandwidth = bandwidthOf(network, runtime, faults);
  const isOutvoted = bandwidth?.who === 'bandwidth' && runtime.bandwidth !== undefined;
  const deviceID = kind.opens === 'group' ? functionAsked(network, runtime.deviceID, faults) : undefined;
  const settings = settingsWith(network, bandwidth?.limits, deviceID);
  refuseMeaningless(settings, kind, bandwidth?.who, refuse);
  for (const { keys, fault } of kind.rules) {
    const found = keys.some((key) => faulty.has(key)) ? undefined : fault(settings, words.ifname);
    if (found !== undefined) faults.push({ of: 'rule', ...found });
  }
  const isSocketOfPod = pathOfPod !== undefined;
  const device = kind.read(settings, {
    mac,
    socketPath: path ?? pathOfPod,
    isSocketOfPod,
    deviceID,
    ifname: words.ifname,
  });
  const own = kind.addresses === 'own' && ipamType === undefined;
  const { dns = {} } = network;
  return {
    device,
    runtime: network.runtime,
    danConf: network.danConf,
    kataConfig: network.kataConfig,
    addresses: own ? (firstAsked(ips, networkKeys.addresses.value, isEmptyList, faults) ?? network.addresses) : [],
    routes: network.routes.map(({ priority, ...route }) => {
      const fault = routeFault(route, priority);
      if (fault !== undefined) refuse(fault);
      return route;
    }),
    neighbors: network.neighbors.map(({ address, ...rest }) => ({ ...address, ...rest })),
    defaultRoute: network.defaultRoute,
    ipamType,
    dns: runtime.dns ?? (Object.keys(dns).length === 0 ? undefined : dns),
    hotplug: network.hotplug,
    commandTimeout: network.commandTimeout,
    unheeded: [
      ...(isOutvoted ? [outvoted] : []),
      ...unheededIn({
        runtimeConfig: network.runtimeConfig ?? {},
        // A plugin before dan gets the same arguments, and applies them to its own interface.
        ...(kind.addresses === 'own' ? { asked, args: words.args } : { asked: {}, args: new Map<string, string>() }),
        allowed,
        hasIpam: !own,
        keys: kind.keys,
      }),
    ],
  };
}

const outvoted: Unheeded = {
  at: 'runtimeConfig',
  name: 'bandwidth',
  instead: 'the network has a `bandwidth` of its own, which counts',
};
// The device that a device plugin names means nothing to the other kinds, but Multus writes it into every plugin.
function functionAsked({ deviceID }: NetworkValues, ofRuntime: unknown, faults: Fault[]): PciAddress | undefined {
  const askers: Askers = [
    ['runtimeConfig.deviceID', ofRuntime],
    ['deviceID', deviceID],
  ];
  return firstAsked(askers, pciAddress, isEmptyText, faults);
}

// An empty section asks for no plugin.
function ipamTypeOf({ ipam }: NetworkValues): string | undefined {
  return ipam?.type === '' ? undefined : ipam?.type;
}

// Replaces configured values by the effective ones. In most cases these are the same.
function settingsWith(network: NetworkValues, limits?: Bandwidth, deviceID?: PciAddress): NetworkValues {
  if (limits === network.bandwidth && deviceID === undefined) return network;
  const { bandwidth: _, ...others } = network;
  return {
    ...others,
    ...(limits === undefined ? {} : { bandwidth: limits }),
    ...(deviceID === undefined ? {} : { deviceID }),
  };
}

/** Limits, and the key that asks for them. */
interface AskedBandwidth {
  readonly limits: Bandwidth;
  readonly who: string;
}

// As in CNI's plugin `bandwidth`, the limits of the configuration take precedence over those of the runtime, which come
// from the pod.
function bandwidthOf(
  { bandwidth: own }: NetworkValues,
  { bandwidth: ofRuntime }: RuntimeSettings,
  faults: Fault[],
): AskedBandwidth | undefined {
  if (own === undefined && ofRuntime === undefined) return undefined;
  if (own !== undefined && limitsAny(own)) return { limits: own, who: 'bandwidth' };
  const who = 'runtimeConfig.bandwidth';
  const limits = firstAsked([[who, ofRuntime]], networkKeys.bandwidth.value, isEmptyObject, faults);
  return limits !== undefined && limitsAny(limits) ? { limits, who } : undefined;
}

function refuseMeaningless(
  network: NetworkValues,
  { keys }: AnyKind,
  ofBandwidth: string | undefined,
  refuse: (text: string) => void,
): void {
  for (const key of Object.keys(keys) as KindKey[]) {
    const taken = keys[key];
    if (taken === 'taken') continue;
    const value = network[key];
    const isGiven =
      key === 'ipam'
        ? ipamTypeOf(network) !== undefined
        : value !== undefined && value !== false && !isEmptyList(value);
    const name = key === 'bandwidth' && ofBandwidth !== undefined ? ofBandwidth : key;
    if (isGiven) refuse(`"${name}" has no effect with "device": "${network.device}": ${taken.meaningless}`);
  }
}

const isEmptyText = (value: unknown): boolean => value === '';
const isEmptyObject = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** The sources of a value besides the configuration's own keys, and their values. */
type Askers = readonly (readonly [who: string, value: unknown])[];

// Only the first source with a value counts: addresses from two sources would be two plans for one interface.
function firstAsked<T>(
  askers: Askers,
  reader: Reader<T>,
  isNothing: (value: unknown) => boolean,
  faults: Fault[],
): T | undefined {
  const asked = askers.find(([, value]) => value !== undefined && value !== null && !isNothing(value));
  if (asked === undefined) return undefined;
  const [who, value] = asked;
  const found: KeyFault[] = [];
  const made = readInside(reader, value, who, found);
  for (const fault of found) faults.push(fault);
  return made;
}
