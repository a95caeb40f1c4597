import { lookAtFunction } from '../../host/functions/look.ts';
import type { Site } from '../../host/site.ts';
import { type Device, functionOf, recordedKindOf } from '../../kinds/kinds.ts';

/** How a device's virtual function differs from what ADD made; empty for a device without. Throws `command-failed`. */
export async function functionFaultsOf(device: Device, site: Site): Promise<readonly string[]> {
  const taken = functionOf(device);
  if (taken === undefined) return [];
  return recordedKindOf(device).functionFaults(device, await lookAtFunction(taken.address, site));
}
