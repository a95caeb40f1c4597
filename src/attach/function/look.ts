import { hasDriver } from '../../host/functions/driver.ts';
import { functionsOf, lookAtFunction, physicalAddress } from '../../host/functions/look.ts';
import { withLock } from '../../host/lock.ts';
import type { Site } from '../../host/site.ts';
import type { NodeView, Wants } from '../../kinds/device.ts';
import { functionOf } from '../../kinds/kinds.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import { type PciFunction, vfioDriver } from '../../model/virtual-function.ts';
import type { Interruption } from '../../protocol/interruption.ts';
import { recordsOfOthers } from '../add/claim.ts';
import { lockDirectory } from '../directories.ts';
import { recoverRecords } from './lasting.ts';

type Wanted = NonNullable<Wants['function']>;

/**
 * Looks at the requested function, or at all functions of a physical one. A function that belongs to another attachment
 * than `own` is marked as that one's. Throws `command-failed`.
 */
export async function lookAtFunctions(
  wanted: Wanted,
  own: InterfaceName,
  site: Site,
): Promise<Pick<NodeView, 'functions' | 'hasVfioDriver'>> {
  // Read the records first: a DEL gives a function back before it removes its record, so a function without a record
  // has been given back.
  const owners = new Map(
    recordsOfOthers(own).flatMap((record) => {
      const taken = functionOf(record.device);
      return taken === undefined ? [] : [[taken.address, record] as const];
    }),
  );
  const withOwner = (found: PciFunction): PciFunction => {
    const owner = owners.get(found.address);
    return owner === undefined ? found : { ...found, user: { is: 'attachment', owner } };
  };
  const hasVfioDriver = hasDriver(vfioDriver);
  const found = await find(wanted, site);
  return found === undefined ? { hasVfioDriver } : { functions: found.map(withOwner), hasVfioDriver };
}

async function find({ address, master }: Wanted, site: Site): Promise<readonly PciFunction[] | undefined> {
  if (address === undefined) return master === undefined ? undefined : await functionsOf(master, site);
  const found = await lookAtFunction(address, site);
  return found === undefined ? undefined : [found];
}

/**
 * Runs `work` while no other attachment takes a function of the same card: from the look at the functions until the
 * record is written. Before that, it puts lost records back, since they say who owns a function.
 */
export async function choosingAlone<T>(
  wanted: Wanted,
  work: () => Promise<T>,
  interrupted: Interruption | undefined,
): Promise<T> {
  await recoverRecords();
  const name = physicalAddress(wanted) ?? wanted.address ?? wanted.master ?? '';
  return await withLock(lockDirectory, { kind: 'function', name }, work, interrupted);
}
