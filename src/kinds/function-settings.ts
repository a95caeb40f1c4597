import type { InterfaceName } from '../model/interface-name.ts';
import type { Mac } from '../model/mac.ts';
import type { Mtu } from '../model/mtu.ts';
import type { PciAddress } from '../model/pci.ts';
import { type FunctionSettings, settingsIn } from '../model/virtual-function.ts';
import { type DeviceSettings, invalid, type QueueRequest, type Rule } from './settings.ts';

/** What a configuration says of a virtual function. */
export interface VfioRequest extends QueueRequest {
  readonly device: 'vfio';
  readonly mac: Mac | undefined;
  readonly mtu: Mtu | undefined;
  /** The function that is asked for; undefined: a free one of `master`. */
  readonly address: PciAddress | undefined;
  /** The interface of a physical function. */
  readonly master: InterfaceName | undefined;
  readonly settings: FunctionSettings;
  /** A function of another driver is given to vfio-pci, and back. */
  readonly bindDriver: boolean;
}

/** The settings of a function in a configuration, under the names of its row. */
export function functionSettings(settings: DeviceSettings): FunctionSettings {
  const { vlan, vlanQoS, vlanProto, spoofchk, trust, linkState, minTxRate, maxTxRate } = settings;
  const all: FunctionSettings = {
    vlan,
    ...(vlan === undefined ? {} : { vlanQoS: vlanQoS ?? 0, vlanProto: vlanProto ?? '802.1q' }),
    ...{ spoofchk, trust, linkState, minTxRate, maxTxRate },
  } as FunctionSettings;
  return Object.fromEntries(settingsIn(all).map((name) => [name, all[name]]));
}

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
  {
    keys: ['minTxRate', 'maxTxRate'],
    fault: ({ minTxRate = 0, maxTxRate = 0 }) =>
      maxTxRate > 0 && minTxRate > maxTxRate
        ? invalid(
            `"minTxRate" ${minTxRate} is above "maxTxRate" ${maxTxRate}: the promised rate cannot be above the limit`,
          )
        : undefined,
  },
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
