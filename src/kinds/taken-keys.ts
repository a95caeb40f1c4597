import type { KindKey } from './settings.ts';

/** For each key that not all kinds take: whether this kind takes it, or why it has no meaning for it. */
export type TakenKeys = Readonly<Record<KindKey, 'taken' | { readonly meaningless: string }>>;

const leads = { meaningless: 'the frames go where the interface in the pod leads' } as const;
const has = { meaningless: 'the guest has that of the interface in the pod' } as const;
/** Why dan does not limit a link in the pod: it makes no queue there, and the pod's owner could remove one. */
export const inPod = {
  meaningless:
    'the virtual machine opens a link in the pod, where dan limits nothing: put the plugin "bandwidth" between the plugin ' +
    'that makes the interface and dan, and declare the capability there',
} as const;
const noSocket = { meaningless: 'only a vhost-user device has a socket' } as const;

/** The keys of a port and of the guest's own network, for a device that has them. */
export const portKeys = {
  bridge: 'taken',
  vlan: 'taken',
  trunk: 'taken',
  ovs: 'taken',
  hairpinMode: 'taken',
  mtu: 'taken',
  mac: 'taken',
  podMaySet: 'taken',
  addresses: 'taken',
  ipam: 'taken',
} as const;

/** The same keys for a device that takes over a link of the pod. */
export const noPortKeys = {
  bridge: leads,
  vlan: leads,
  trunk: leads,
  ovs: leads,
  mtu: has,
  mac: has,
  podMaySet: has,
  hairpinMode: leads,
  addresses: { meaningless: 'the guest has those of the interface in the pod' },
  ipam: { meaningless: 'the plugin before dan gives the addresses' },
} as const;

/** The keys that say who may open a tap. */
export const tapKeys = { owner: 'taken', group: 'taken' } as const;

/** The hot-plug key for a device that dan cannot plug into a running virtual machine; `why` gives the reason. */
export const noHotplugKeys = (why: string) => ({ hotplug: { meaningless: why } }) as const;

/** The hot-plug key for a device whose tap is on the host, where dan can open it for the VMM. */
export const hotplugKeys = { hotplug: 'taken' } as const;

/** The keys of a socket for a device that has none. */
export const noSocketKeys = { socketPath: noSocket, socketDir: noSocket } as const;

/** The keys of a virtual function. */
export const functionKeys = {
  vlanQoS: 'taken',
  vlanProto: 'taken',
  spoofchk: 'taken',
  trust: 'taken',
  linkState: 'taken',
  minTxRate: 'taken',
  maxTxRate: 'taken',
  bindDriver: 'taken',
} as const;

const noFunction = { meaningless: 'it is a setting of a virtual function ("device": "vfio")' } as const;

/** The keys of a virtual function for a device that has none. */
export const noFunctionKeys = {
  vlanQoS: noFunction,
  vlanProto: noFunction,
  spoofchk: noFunction,
  trust: noFunction,
  linkState: noFunction,
  minTxRate: noFunction,
  maxTxRate: noFunction,
  bindDriver: noFunction,
} as const;

/** The mode of a macvtap for a device that is none. */
export const noMacvtapKeys = { mode: { meaningless: 'it is the mode of a macvtap' } } as const;
