import type { PluggedNic } from './monitor.ts';

/** A function on the PCI of a guest that QEMU emulates, as far as it matters for finding places. */
export interface PciFunction {
  /** Number of its bus. */
  readonly bus: number;
  /** 0 to 31. */
  readonly slot: number;
  /** Its name in QEMU; empty if it has none. */
  readonly id: string;
  /** Vendor and device, four hexadecimal digits each: `1b36:0001`. */
  readonly model: string;
  /** For a bridge: the number of the bus below it; 0 until the guest has numbered its buses. */
  readonly secondary?: number | undefined;
}

/** A place for a card. */
export type Place = Required<Omit<PluggedNic, 'id'>>;

/** The ids of QEMU's bridges to a conventional bus, and of its PCI Express ports (docs/specs/pci-ids of QEMU). */
const bridges = new Set(['1b36:0001', '1b36:000e']);
const ports = new Set(['1b36:000c']);

/** The slots of a bridge into which Kata plugs devices (`PCI_BRIDGE_MAX_CAPACITY` of runtime-rs), from the last on. */
const slotsOfBridge = Array.from({ length: 30 }, (_, index) => 30 - index);

/** The names that QEMU accepts for a device; a command cannot use any other. */
const nameable = /^[A-Za-z][\w.-]*$/;

/**
 * The free places for a card, in the order in which they are tried. Kata first uses the first bridge, from the lowest
 * slot on, and uses ports for devices of the host. So dan begins with the last bridge and its highest slot, and tries
 * ports last. Pure.
 */
export function freePlaces(functions: readonly PciFunction[]): readonly Place[] {
  const last = [...functions].reverse();
  return [
    ...last.filter(({ model }) => bridges.has(model)).flatMap((bridge) => placesOn(bridge, slotsOfBridge, functions)),
    ...last.filter(({ model }) => ports.has(model)).flatMap((port) => placesOn(port, [0], functions)),
  ];
}

/** The place of the card with this id; undefined if it is on no named bus. Pure. */
export function placeOf(id: string, functions: readonly PciFunction[]): Place | undefined {
  const card = functions.find((one) => one.id === id);
  const bridge = card && bridgeOf(card.bus, functions);
  return bridge && place(bridge, card.slot, functions);
}

/** Whether two places are the same. */
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

// The slots from the root bus, number 0, on; undefined if they start at another bus, such as that of a second host
// bridge.
function wayTo({ bus, slot }: PciFunction, functions: readonly PciFunction[]): readonly number[] | undefined {
  const way = [slot];
  for (let at = bus; at !== 0; ) {
    const above = bridgeOf(at, functions);
    // The bridges that a monitor reports may form a cycle.
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
