import type { InterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { PciAddress } from '../model/pci.ts';
import { type FunctionSettings, mostTxRate, settingsIn } from '../model/virtual-function.ts';
import { type DeviceSettings, invalid, type QueueRequest, type Rule } from './settings.ts';

/** The settings of a virtual function in a configuration. */
export interface VfioRequest extends QueueRequest {
  readonly device: 'vfio';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  /** The requested function; undefined for any free one of `master`. */
  readonly address: PciAddress | undefined;
  /** The interface of a physical function. */
  readonly master: InterfaceName | undefined;
  readonly settings: FunctionSettings;
  /** A function with another driver is rebound to vfio-pci, and DEL gives it back. */
  readonly bindDriver: boolean;
}

/** The settings of a function in a configuration, under the names that its row uses. */
export function functionSettings(settings: DeviceSettings): FunctionSettings {
  const { vlan, vlanQoS, vlanProto, spoofchk, trust, linkState, minTxRate } = settings;
  const maxTxRate = mostOf(settings);
  const all: FunctionSettings = {
    vlan,
    ...(vlan === undefined ? {} : { vlanQoS: vlanQoS ?? 0, vlanProto: vlanProto ?? '802.1q' }),
    ...{ spoofchk, trust, linkState, minTxRate, maxTxRate },
  } as FunctionSettings;
  return Object.fromEntries(settingsIn(all).map((name) => [name, all[name]]));
}

/** Bits in a Mbit, the unit in which a card limits a rate. */
const megabit = 1_000_000;

/** The rate limit of a function's sending in Mbit/s, from its own key or from the limit of what the pod sends. */
function mostOf({ maxTxRate, bandwidth }: DeviceSettings): number | undefined {
  return bandwidth?.egress === undefined ? maxTxRate : bandwidth.egress.rate / megabit;
}

function limitFault({ bandwidth, maxTxRate }: DeviceSettings): string | undefined {
  if (bandwidth === undefined) return undefined;
  const { ingress, egress } = bandwidth;
  if (ingress !== undefined) return 'has "ingressRate", and a card limits only what a function sends: leave it out';
  if (egress === undefined) return undefined;
  if (maxTxRate !== undefined) return 'limits the same as "maxTxRate": leave one of them out';
  return egress.rate % megabit === 0 && egress.rate / megabit <= mostTxRate
    ? undefined
    : `has the "egressRate" ${egress.rate}, and a card counts in Mbit/s: ask for a multiple of ${megabit}`;
}

const promiseIsKept: Rule = {
  keys: ['minTxRate', 'maxTxRate', 'bandwidth'],
  fault(settings) {
    const { minTxRate = 0, bandwidth } = settings;
    const most = mostOf(settings) ?? 0;
    const name = bandwidth?.egress === undefined ? `"maxTxRate" ${most}` : `the ${most} Mbit/s of "bandwidth"`;
    return most > 0 && minTxRate > most
      ? invalid(`"minTxRate" ${minTxRate} is above ${name}: the promised rate cannot be above the limit`)
      : undefined;
  },
};

const cardKeepsLimits: Rule = {
  keys: ['bandwidth', 'maxTxRate'],
  fault(settings) {
    const fault = limitFault(settings);
    return fault === undefined ? undefined : invalid(`"bandwidth" ${fault}`);
  },
};

/** The rules between the keys of a virtual function. */
export const functionRules: readonly Rule[] = [
  {
    keys: ['master'],
    fault: ({ deviceID, master }) =>
      deviceID === undefined && master === undefined
        ? invalid(
            '"device": "vfio" needs a function: "deviceID" with its PCI address, which Multus puts in where a device plugin gave the pod one, ' +
              'or "master" with the interface of a physical function, from which dan takes a free virtual function',
          )
        : undefined,
  },
  {
    keys: ['vlan', 'vlanQoS', 'vlanProto'],
    fault: ({ vlan, vlanQoS, vlanProto }) =>
      vlan === undefined && (vlanQoS !== undefined || vlanProto !== undefined)
        ? invalid('"vlanQoS" and "vlanProto" are settings of a VLAN: say which in "vlan"')
        : undefined,
  },
  promiseIsKept,
  cardKeepsLimits,
  {
    keys: ['queues', 'queueSize'],
    fault: ({ queues, queueSize }) =>
      queues === 1 && queueSize === undefined
        ? undefined
        : invalid(
            '"queues" and "queueSize" have no effect with "device": "vfio": the guest\'s driver chooses those of the function',
          ),
  },
];
