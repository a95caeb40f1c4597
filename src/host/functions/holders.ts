import { system } from '#system';
import { join } from '../../model/path.ts';
import { codeOf } from '../files.ts';
import { processesThatOpened } from '../open-files.ts';
import { onNode } from './places.ts';

/**
 * The processes that have an IOMMU group open; undefined if none has. The kernel lets only one process open a group at
 * a time, and keeps it open as long as one of its devices is (vfio_group_fops_open of drivers/vfio). Empty if the group
 * is open but no holder is visible, for example in another namespace.
 */
export function holdersOfGroup(group: number, places = onNode): readonly number[] | undefined {
  const path = join(places.groups, String(group));
  try {
    system.close(system.open(path, 'r+'));
    return undefined;
  } catch (error) {
    if (codeOf(error) !== 'EBUSY') return undefined;
    return processesThatOpened((target) => target === path);
  }
}
