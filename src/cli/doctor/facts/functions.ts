import { kernel } from '#kernel';
import { hasDriver } from '../../../host/functions/driver.ts';
import { functionsOf, lookAtFunction } from '../../../host/functions/look.ts';
import { type FunctionPlaces, onNode } from '../../../host/functions/places.ts';
import { pathIn, type Tree } from '../../../host/tree.ts';
import { isObject, objectIn } from '../../../json/object.ts';
import { functionOf, wantsOf } from '../../../kinds/kinds.ts';
import type { InterfaceName } from '../../../model/interface-name.ts';
import { parsePciAddress } from '../../../model/pci.ts';
import { type PciFunction, vfioDriver } from '../../../model/virtual-function.ts';
import { readRecords } from '../../../attach/record.ts';
import type { DanNetwork } from '../../../node/cni/network.ts';
import { isLive, namesAt, textAt } from '../../../node/paths.ts';

/** What is known about virtual functions, if a network wants some. */
export interface FunctionFacts {
  /** The number of IOMMU groups that the kernel has made. */
  readonly groups: number;
  /** Whether vfio-pci is loaded. */
  readonly hasVfio: boolean;
  /** The physical functions that networks name, with their virtual functions; undefined if there is no interface. */
  readonly cards: readonly { readonly link: InterfaceName; readonly functions: readonly PciFunction[] | undefined }[];
  /** What device plugins have registered with the kubelet: functions by resource; undefined if one is missing. */
  readonly registered: readonly {
    readonly resource: string;
    readonly address: string;
    readonly found: PciFunction | undefined;
  }[];
}

/** Where the kubelet stores the registrations of device plugins. */
const checkpoint = '/var/lib/kubelet/device-plugins/kubelet_internal_checkpoint';

const site = { timeoutSeconds: 10 };

/** Looks at the functions that networks want; undefined if no network wants any, or if only files are read. */
export async function lookAtFunctions(tree: Tree, networks: readonly DanNetwork[]): Promise<FunctionFacts | undefined> {
  const wanted = networks.flatMap(({ config }) =>
    config === undefined ? [] : (wantsOf(config.device).function ?? []),
  );
  if (wanted.length === 0 || !isLive(tree)) return undefined;
  const places: FunctionPlaces = { ...onNode, pci: pathIn(tree, onNode.pci), kernel };
  const owners = ownersOf();
  const withOwner = (found: PciFunction): PciFunction => {
    const owner = owners.get(found.address);
    return owner === undefined ? found : { ...found, user: { is: 'attachment', owner } };
  };
  const links = new Set(wanted.flatMap(({ master }) => master ?? []));
  const cards = [...links].map(async (link) => {
    const functions = await functionsOf(link, site, places).catch(() => undefined);
    return { link, functions: functions?.map(withOwner) };
  });
  const registered = registeredIn(textAt(tree, checkpoint)).map(async ({ resource, address }) => {
    const parsed = parsePciAddress(address);
    const found = parsed.ok ? await lookAtFunction(parsed.value, site, places).catch(() => undefined) : undefined;
    return { resource, address, found: found && withOwner(found) };
  });
  return {
    groups: namesAt(tree, '/sys/kernel/iommu_groups').length,
    hasVfio: hasDriver(vfioDriver, places),
    cards: await Promise.all(cards),
    registered: await Promise.all(registered),
  };
}

function ownersOf(): ReadonlyMap<string, ReturnType<typeof readRecords>[number]> {
  try {
    return new Map(
      readRecords().flatMap((record) => {
        const taken = functionOf(record.device);
        return taken === undefined ? [] : [[taken.address, record] as const];
      }),
    );
  } catch {
    return new Map(); // Another check reports what is wrong with the directory.
  }
}

/**
 * Reads the PCI addresses that device plugins have registered, from the kubelet's checkpoint (checkpointData of its
 * cm/devicemanager/checkpoint).
 */
export function registeredIn(
  text: { readonly text: string } | { readonly fault: string } | undefined,
): readonly { readonly resource: string; readonly address: string }[] {
  if (text === undefined || 'fault' in text) return [];
  let value: unknown;
  try {
    value = JSON.parse(text.text);
  } catch {
    return [];
  }
  const { RegisteredDevices: registered } = objectIn(objectIn(value)['Data']);
  return Object.entries(isObject(registered) ? registered : {}).flatMap(([resource, devices]) =>
    (Array.isArray(devices) ? (devices as unknown[]) : []).flatMap((address) => {
      const parsed = parsePciAddress(address);
      return parsed.ok ? [{ resource, address: parsed.value }] : [];
    }),
  );
}
