import type { DriverChange, FunctionChanges } from '../../model/operation.ts';
import type { Site } from '../site.ts';
import { bindDriver } from './driver.ts';
import { setFunction } from './settings.ts';

/** Carries out a change to a PCI function. Throws `driver-not-bound`, `function-setting-refused`, `io-failure`. */
export async function changeFunction(operation: DriverChange | FunctionChanges, site: Site): Promise<void> {
  if (operation.op === 'driver-bind') bindDriver(operation);
  else await setFunction(operation, site);
}
