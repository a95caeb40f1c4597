import { fits, like, maybe, one, type Shape, whole } from '../json/shape.ts';
import { danError } from '../model/error.ts';
import { type InterfaceName, parseInterfaceName } from '../model/interface-name.ts';
import { type Mtu, parseMtu } from '../model/mtu.ts';
import type { Operation } from '../model/operation.ts';
import { parsePciAddress } from '../model/pci.ts';
import {
  changesTo,
  type FunctionRow,
  type FunctionSettings,
  linkStates,
  onOff,
  type PciFunction,
  rowPart,
  settingsIn,
  vfioDriver,
  vlanProtocols,
} from '../model/virtual-function.ts';
import type { NodeView, Plan, TakenFunction } from './device.ts';
import { differences } from './differences.ts';
import { chooseFunction, functionMtu } from './function-choice.ts';
import { functionRules, functionSettings, type VfioRequest } from './function-settings.ts';
import type { DeviceKind } from './kind.ts';
import { queuesOf } from './settings.ts';
import { functionKeys, noHotplugKeys, noMacvtapKeys, noSocketKeys, portKeys } from './taken-keys.ts';
import {
  withoutFiles,
  withoutLinks,
  withoutMaster,
  withoutPluggable,
  withoutShaping,
  withoutSocket,
  withoutSwitch,
} from './without.ts';

/** A virtual function that the virtual machine gets through VFIO, with everything that dan decides about it. */
export interface Vfio {
  readonly kind: 'vfio';
  /** Derived name of the record. */
  readonly name: InterfaceName;
  readonly mtu: Mtu;
  readonly function: TakenFunction;
}

/**
 * Plans a virtual function. Throws `function-missing`, `no-free-function`, `function-unusable`, `function-taken`,
 * `mac-in-use`, and `invalid-configuration` for an MTU that the physical function does not support.
 */
export function planVfio(request: VfioRequest, view: NodeView): Plan<Vfio> {
  const { names } = view;
  const found = chooseFunction(request, view);
  const { address, physical, group, row, driver, override, number } = found;
  if (physical?.link === undefined || group === undefined || row === undefined)
    throw new Error(`${address} was not looked at`);
  const guestMac = request.mac ?? names.guestMac;
  if (found.otherMacs.includes(guestMac)) {
    throw danError(
      'mac-in-use',
      `another function of ${physical.link} has the MAC ${guestMac}: leave "mac" out, and each attachment gets its own MAC`,
    );
  }
  const mtu = functionMtu(request.mtu, physical.link, physical.mtu);
  const set: FunctionSettings = { mac: guestMac, ...request.settings };
  const taken: TakenFunction = {
    address,
    group,
    physical: { address: physical.address, link: physical.link },
    number,
    set,
    before: rowPart(row, set),
    ...(driver === vfioDriver ? {} : { driver: { before: driver ?? '', override: override ?? '' } }),
  };
  const device: Vfio = { kind: 'vfio', name: names.link, mtu, function: taken };
  return {
    device,
    operations: makeVfio(taken, row, physical.driver),
    exclusives: [],
    guestMac,
    mtu,
    attached: { kind: 'vfio', address, queuePairs: request.queuePairs, queueSize: undefined },
    place: 'host',
    source: undefined,
    warnings: physical.up
      ? []
      : [
          `the physical function ${physical.link} is down: no frame passes until it is up ("ip link set dev ${physical.link} up")`,
        ],
  };
}

// The driver comes first: while the host's own driver has the function, it may set another MAC.
function makeVfio(
  { address, physical: { link }, number, set, driver }: TakenFunction,
  row: FunctionRow,
  of: string | undefined,
): readonly Operation[] {
  const from = driver?.before === '' ? undefined : driver?.before;
  return [
    ...(driver === undefined ? [] : [{ op: 'driver-bind', in: 'host', address, driver: vfioDriver, from } as const]),
    {
      op: 'function-set',
      in: 'host',
      link,
      number,
      driver: of,
      tells: settingsIn(row),
      changes: changesTo({ ...row, mac: '' }, set),
    },
  ];
}

/** How a function differs from what ADD made. Pure. */
export function functionFaults(
  { address, physical, number, set }: TakenFunction,
  found: PciFunction | undefined,
): readonly string[] {
  const what = `the function ${address}`;
  if (found === undefined) return [`${what} is gone`];
  const { row } = found;
  return [
    ...differences(what, [
      ['driver', found.driver, vfioDriver],
      ['physical function', found.physical?.address, physical.address],
      ['number', found.number, number],
    ]),
    ...(row === undefined
      ? [`${physical.link} does not report ${what}`]
      : differences(
          what,
          settingsIn(set).map((name) => [name, row[name], set[name]]),
        )),
  ];
}

const recordedRow: Shape = {
  mac: maybe((mac) => typeof mac === 'string' && /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)),
  vlan: maybe(whole(0, 4094)),
  vlanQoS: maybe(whole(0, 7)),
  vlanProto: maybe(one(...vlanProtocols)),
  spoofchk: maybe(one(...onOff)),
  trust: maybe(one(...onOff)),
  linkState: maybe(one(...linkStates)),
  minTxRate: maybe(whole()),
  maxTxRate: maybe(whole()),
};

// A driver's name becomes part of a path.
const driverName = (value: unknown): boolean => typeof value === 'string' && /^[\w-]*$/.test(value);

/** A virtual function of a network card. */
export const vfio: DeviceKind<VfioRequest, Vfio> = {
  ...withoutSwitch,
  ...withoutMaster,
  ...withoutSocket,
  ...withoutFiles,
  ...withoutLinks,
  ...withoutPluggable,
  ...withoutShaping,
  addresses: 'own',
  opens: 'group',
  switches: 'none',
  attachedAs: 'vfio',
  keys: {
    ...portKeys,
    ...noSocketKeys,
    ...noMacvtapKeys,
    ...noHotplugKeys('dan hands no PCI function of the host to a virtual machine that runs'),
    ...functionKeys,
    master: 'taken',
    bridge: { meaningless: 'the frames go where the switch of the card leads' },
    trunk: { meaningless: 'a function has one VLAN, or sends tagged frames itself where it is trusted' },
    ovs: { meaningless: 'the frames go where the switch of the card leads' },
    bandwidth: 'taken',
    hairpinMode: { meaningless: 'the switch of the card sends frames back by itself' },
    owner: { meaningless: 'whoever runs Kata opens the function' },
    group: { meaningless: 'whoever runs Kata opens the function' },
  },
  rules: functionRules,
  read(settings, { mac, deviceID }) {
    const { mtu, master, bindDriver = false } = settings;
    return {
      device: 'vfio',
      mac,
      mtu,
      address: deviceID,
      master,
      settings: functionSettings(settings),
      bindDriver,
      ...queuesOf(settings),
    };
  },
  wants: ({ mtu, address, master }) => ({
    ...{ bridge: null, database: undefined, mtu, master: undefined, socket: undefined },
    function: { address, master },
  }),
  plan: planVfio,
  refuseBridge: () => undefined,
  tools: () => ({ iproute2: ['ip', 'nsenter'], others: [] }),
  features: () => [],
  strays: () => ({ links: [], files: [] }),
  recorded: ({ link }) => ({
    name: one(link),
    mtu: fits(parseMtu),
    function: like({
      address: fits(parsePciAddress),
      group: whole(),
      physical: like({ address: fits(parsePciAddress), link: fits(parseInterfaceName) }),
      number: whole(),
      set: like(recordedRow),
      before: like(recordedRow),
      driver: maybe(like({ before: driverName, override: driverName })),
    }),
  }),
  name: ({ name }) => name,
  function: ({ function: taken }) => taken,
  functionFaults: (device, found) => functionFaults(device.function, found),
};
