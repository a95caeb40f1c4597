import type { PluggedNic } from './monitor.ts';

/** A function on the PCI of a guest that QEMU emulates, as far as places for cards depend on it. */
export interface PciFunction {
  /** Number of the bus that it is on. */
  readonly bus: number;
  /** 0 to 31. */
  readonly slot: number;
  /** Its name in QEMU; empty where it has none. */
  readonly id: string;
  /** Vendor and device, as four hexadecimal digits each: `1b36:0001`. */
  readonly model: string;
  /** Of a bridge: the number of the bus below it; 0 as long as the guest has not numbered its buses. */
  readonly secondary?: number | undefined;
}

/** A place for a card. */
export type Place = Required<Omit<PluggedNic, 'id'>>;

/** What QEMU calls its bridges to a conventional bus, and its ports of PCI Express (docs/specs/pci-ids of QEMU). */
const bridges = new Set(['1b36:0001', '1b36:000e']);
const ports = new Set(['1b36:000c']);

/** Slots of a bridge in which Kata plugs devices (`PCI_BRIDGE_MAX_CAPACITY` of runtime-rs), from the last on. */
const slotsOfBridge = Array.from({ length: 30 }, (_, index) => 30 - index);

/** What QEMU takes as the name of a device; others could not be named in a command. */
const nameable = /^[A-Za-z][\w.-]*$/;

/**
 * The places for a card that are free, in the order in which they are tried: Kata takes the first bridge and the lowest slot
 * first, and ports for devices of the host, so the last bridge comes first, its highest slot, and ports come last. Pure.
 */
export function freePlaces(functions: readonly PciFunction[]): readonly Place[] {
  const last = [...functions].reverse();
  return [
    ...last.filter(({ model }) => bridges.has(model)).flatMap((bridge) => placesOn(bridge, slotsOfBridge, functions)),
    ...last.filter(({ model }) => ports.has(model)).flatMap((port) => placesOn(port, [0], functions)),
  ];
}

/** Where the card of this id is; undefined: nowhere on a bus that has a name. Pure. */
export function placeOf(id: string, functions: readonly PciFunction[]): Place | undefined {
  const card = functions.find((one) => one.id === id);
  const bridge = card && bridgeOf(card.bus, functions);
  return bridge && place(bridge, card.slot, functions);
}

/** Whether two places are one. */
export function isSamePlace(one: Place, other: Place): boolean {
  return one.bus === other.bus && one.slot === other.slot;
}

function placesOn(bridge: PciFunction, slots: readonly number[], functions: readonly PciFunction[]): readonly Place[] {
  const { secondary = 0 } = bridge;
  if (secondary === 0) return [];
  const taken = new Set(functions.filter(({ bus }) => bus === secondary).map(({ slot }) => slot));
  return slots
    .filter((slot) => !taken.has(slot))
    .flatMap((slot) => {
      const found = place(bridge, slot, functions);
      return found === undefined ? [] : [found];
    });
}

function place(bridge: PciFunction, slot: number, functions: readonly PciFunction[]): Place | undefined {
  const way = wayTo(bridge, functions);
  if (way === undefined || !nameable.test(bridge.id)) return undefined;
  return { bus: bridge.id, slot, devicePath: [...way, slot].map(twoDigits).join('/') };
}

// The slots from the root bus on, which has number 0; undefined where it begins at another, as that of a second host bridge.
function wayTo({ bus, slot }: PciFunction, functions: readonly PciFunction[]): readonly number[] | undefined {
  const way = [slot];
  for (let at = bus; at !== 0; ) {
    const above = bridgeOf(at, functions);
    // What a monitor says may go round in a circle.
    if (above === undefined || way.length > functions.length) return undefined;
    way.unshift(above.slot);
    at = above.bus;
  }
  return way;
}

function bridgeOf(bus: number, functions: readonly PciFunction[]): PciFunction | undefined {
  return bus === 0 ? undefined : functions.find(({ secondary }) => secondary === bus);
}

function twoDigits(slot: number): string {
  return slot.toString(16).padStart(2, '0');
}
