import { kernel } from '#kernel';
import { rebind } from '../../host/functions/driver.ts';
import { holdersOfGroup } from '../../host/functions/holders.ts';
import { lookAtFunction } from '../../host/functions/look.ts';
import type { Log } from '../../host/log.ts';
import type { Site } from '../../host/site.ts';
import type { TakenFunction } from '../../kinds/device.ts';
import { holdersText } from '../../kinds/function-faults.ts';
import { danError } from '../../model/error.ts';
import { changesTo, givenBack, type PciFunction, vfioDriver } from '../../model/virtual-function.ts';
import { messageOf } from '../../json/thrown.ts';

/**
 * Refuses to release a function while a program has its IOMMU group open. The kernel would wait for the program to end,
 * and a virtual machine without its VLAN would be in the wrong network. Throws `function-held`.
 */
export function refuseHeld({ address, group }: TakenFunction): void {
  const pids = holdersOfGroup(group);
  if (pids === undefined) return;
  throw danError(
    'function-held',
    `the function ${address} is in use: ${holdersText(pids)} /dev/vfio/${group} open, so nothing of the attachment was ` +
      'released; end the virtual machine, and the next DEL or GC finishes',
  );
}

/** Whether a program has the IOMMU group of a function open. */
export function isHeld({ group }: TakenFunction): boolean {
  return holdersOfGroup(group) !== undefined;
}

/**
 * Gives a function back: its settings, then its driver. A setting that somebody has changed since stays, and so does
 * one that the driver refuses to change, since no later DEL could give it back either. Both are logged. A function that
 * is gone counts as given back. Throws `function-held`, `command-failed`, `io-failure`.
 */
export async function releaseFunction(taken: TakenFunction, site: Site, log: Log): Promise<void> {
  const found = await lookAtFunction(taken.address, site);
  if (found?.physical?.address !== taken.physical.address) return;
  if (found.group !== undefined) refuseHeld({ ...taken, group: found.group });
  await giveSettingsBack(taken, found, site, log);
  giveDriverBack(taken, found, log);
}

async function giveSettingsBack(taken: TakenFunction, found: PciFunction, site: Site, log: Log): Promise<void> {
  const { address, set, before } = taken;
  const { row, number, physical } = found;
  const link = physical?.link;
  if (row === undefined || link === undefined) {
    log('warn', 'the physical function does not report a virtual function: its settings are left alone', {
      function: address,
    });
    return;
  }
  const { back, foreign } = givenBack(row, set, before);
  if (foreign.length > 0) {
    log('warn', 'settings of a function have changed since: dan leaves them', {
      function: address,
      settings: foreign,
    });
  }
  for (const change of changesTo(row, back)) {
    try {
      await kernel.setFunction(link, number, change, site);
    } catch (error) {
      const why = messageOf(error);
      log('warn', 'a setting of a function could not be given back', { function: address, setting: change.set, why });
    }
  }
}

// An ADD, or a DEL, may have been killed between any two steps.
function giveDriverBack({ address, driver: was }: TakenFunction, found: PciFunction, log: Log): void {
  if (was === undefined) return;
  const [driver, override] = [was.before, was.override].map((word) => (word === '' ? undefined : word));
  const isOurs = found.driver === vfioDriver || found.driver === undefined || found.driver === driver;
  if (!isOurs) {
    log('warn', 'the driver of a function has changed since: dan leaves it', {
      function: address,
      driver: found.driver,
    });
    return;
  }
  if (found.driver === driver && found.override === override) return;
  const now = rebind(address, { driver, override });
  if (now !== driver) {
    log('warn', 'a function did not get its driver back', { function: address, driver, has: now });
  }
}
