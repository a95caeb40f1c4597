import { type InterfaceName, parseInterfaceName } from '../../model/interface-name.ts';
import { basename, join } from '../../model/path.ts';
import { parsePciAddress, type PciAddress } from '../../model/pci.ts';
import type { FunctionRow, FunctionUser, PciFunction, PhysicalFunction } from '../../model/virtual-function.ts';
import { exists, linkTarget, namesIn, readText } from '../files.ts';
import type { Site } from '../site.ts';
import { driverOf } from './driver.ts';
import { holdersOfGroup } from './holders.ts';
import { type FunctionPlaces, onNode } from './places.ts';

// PCI functions, as sysfs shows them. Loaded only on demand, because few nodes have virtual functions.

/** The function with an address; undefined if there is none. Throws `command-failed`. */
export async function lookAtFunction(
  address: PciAddress,
  site: Site,
  places = onNode,
): Promise<PciFunction | undefined> {
  const device = join(places.pci, 'devices', address);
  if (!exists(device)) return undefined;
  const physical = await physicalOf(linkTarget(join(device, 'physfn')), site, places);
  return functionAt(address, physical, places);
}

/**
 * The virtual functions of the physical function behind a link, ordered by number; undefined if the link does not
 * exist. Throws `command-failed`.
 */
export async function functionsOf(
  link: InterfaceName,
  site: Site,
  places = onNode,
): Promise<readonly PciFunction[] | undefined> {
  const device = join(places.net, link, 'device');
  if (!exists(device)) return exists(join(places.net, link)) ? [] : undefined;
  const physical = await physicalOf(linkTarget(device), site, places);
  return numbersIn(device).flatMap((number) => {
    const parsed = parsePciAddress(basename(linkTarget(join(device, `virtfn${number}`)) ?? ''));
    return parsed.ok ? [functionAt(parsed.value, physical, places)] : [];
  });
}

interface Physical extends PhysicalFunction {
  readonly rows: ReadonlyMap<number, FunctionRow>;
}

async function physicalOf(
  target: string | undefined,
  site: Site,
  places: FunctionPlaces,
): Promise<Physical | undefined> {
  const address = parsePciAddress(basename(target ?? ''));
  if (!address.ok) return undefined;
  const device = join(places.pci, 'devices', address.value);
  const link = linksAt(device)[0];
  const [there] = link === undefined ? [] : await places.kernel.readLinks([link], 'host', site);
  const rows = link === undefined ? new Map<number, FunctionRow>() : await places.kernel.readFunctions(link, site);
  const driver = driverOf(device);
  return { address: address.value, link, driver, mtu: there?.mtu ?? 0, up: there?.up ?? false, rows };
}

function functionAt(address: PciAddress, physical: Physical | undefined, places: FunctionPlaces): PciFunction {
  const device = join(places.pci, 'devices', address);
  const group = basename(linkTarget(join(device, 'iommu_group')) ?? '');
  const driver = driverOf(device);
  const number = physical === undefined ? -1 : numberOf(address, join(places.pci, 'devices', physical.address));
  const { rows = new Map<number, FunctionRow>(), ...ofPhysical } = physical ?? {};
  const override = wordIn(join(device, 'driver_override'));
  const found: Omit<PciFunction, 'user'> = {
    ...{ address, driver, number },
    override: override === '' || override === '(null)' ? undefined : override,
    group: /^\d+$/.test(group) ? Number(group) : undefined,
    companions: companionsIn(join(device, 'iommu_group', 'devices'), address),
    physical: physical === undefined ? undefined : (ofPhysical as PhysicalFunction),
    row: rows.get(number),
    otherMacs: [...rows].flatMap(([other, { mac }]) => (other === number ? [] : [mac])),
  };
  return { ...found, user: userOf(found, device, places) };
}

function numberOf(address: PciAddress, physical: string): number {
  const isIt = (number: number): boolean =>
    linkTarget(join(physical, `virtfn${number}`))?.endsWith(`/${address}`) === true;
  return numbersIn(physical).find(isIt) ?? -1;
}

function numbersIn(physical: string): readonly number[] {
  const names = namesIn(physical).map((name) => /^virtfn(\d+)$/.exec(name)?.[1]);
  return names.flatMap((number) => (number === undefined ? [] : [Number(number)])).sort((a, b) => a - b);
}

function linksAt(device: string): readonly InterfaceName[] {
  return namesIn(join(device, 'net')).flatMap((name) => {
    const parsed = parseInterfaceName(name);
    return parsed.ok ? [parsed.value] : [];
  });
}

/** The class of PCI bridges (PCI_CLASS_BRIDGE_PCI of linux/pci_ids.h), which may share a function's IOMMU group. */
const bridgeClass = '0x0604';

function companionsIn(directory: string, address: PciAddress): readonly string[] {
  return namesIn(directory).filter(
    (name) => name !== address && !wordIn(join(directory, name, 'class')).startsWith(bridgeClass),
  );
}

function wordIn(path: string): string {
  try {
    return readText(path).trim();
  } catch {
    return '';
  }
}

// The user of a function, as far as the node shows it. dan's own attachments are found by their records instead.
function userOf(
  { address, driver, group }: Pick<PciFunction, 'address' | 'driver' | 'group'>,
  device: string,
  places: FunctionPlaces,
): FunctionUser | undefined {
  const netns = wordIn(join(places.sriovCni, address));
  if (netns !== '' && exists(netns)) return { is: 'pod', netns };
  if (driver === undefined) return undefined;
  if (driver.includes('vfio')) {
    const pids = group === undefined ? undefined : holdersOfGroup(group, places);
    return pids === undefined ? undefined : { is: 'program', pids };
  }
  // The directory exists in every namespace, but lists only the links of the namespace in which sysfs was mounted.
  if (!exists(join(device, 'net'))) return undefined;
  const [link] = linksAt(device);
  if (link === undefined) return { is: 'pod', netns: undefined };
  return (Number(wordIn(join(device, 'net', link, 'flags'))) & isUp) === 0 ? undefined : { is: 'host', link };
}

/** IFF_UP of linux/if.h. */
const isUp = 1;

/** The physical function of an address or an interface; undefined if there is none. */
export function physicalAddress(
  wanted: { readonly address: PciAddress | undefined; readonly master: InterfaceName | undefined },
  places = onNode,
): PciAddress | undefined {
  const { address, master } = wanted;
  const target =
    address === undefined
      ? linkTarget(join(places.net, master ?? '', 'device'))
      : linkTarget(join(places.pci, 'devices', address, 'physfn'));
  const parsed = parsePciAddress(basename(target ?? ''));
  return parsed.ok ? parsed.value : undefined;
}
