import { danError } from '../../model/error.ts';
import type { FunctionChanges } from '../../model/operation.ts';
import { type FunctionChange, type FunctionRow, settingsOf } from '../../model/virtual-function.ts';
import { CniError } from '../../protocol/error.ts';
import { functionLine } from '../function-text.ts';
import type { Site } from '../site.ts';
import { onNode } from './places.ts';

/** Settings in the words of messages. */
const settingWords: Readonly<Record<FunctionChange['set'], string>> = {
  mac: 'a MAC',
  vlan: 'this VLAN',
  spoofchk: 'spoof checking',
  trust: 'trust',
  linkState: 'the link state',
  rate: 'this rate',
};

/**
 * Changes settings of a virtual function through its physical function, in order, and checks that the changes were
 * made. Throws `function-setting-refused`.
 */
export async function setFunction(
  { link, number, driver, tells, changes }: FunctionChanges,
  site: Site,
  { kernel } = onNode,
): Promise<void> {
  for (const change of changes) {
    try {
      await kernel.setFunction(link, number, change, site);
    } catch (error) {
      if (!(error instanceof CniError) || error.name !== 'command-failed') throw error;
      const what = settingsOf(change).map((name) => `"${name}"`);
      throw danError(
        'function-setting-refused',
        `the driver ${driver ?? 'none'} of the physical function ${link} does not take ${settingWords[change.set]} for its ` +
          `function ${number} ("ip ${functionLine(link, number, change)}"): ${error.message}. Of a function it tells ` +
          `${tells.join(', ')}${hintOf(change)}; leave ${what.join(', ')} out, or use another value`,
      );
    }
  }
  const row = (await kernel.readFunctions(link, site)).get(number);
  if (row !== undefined) refuseIgnored({ link, number, driver, changes }, row);
}

function hintOf(change: FunctionChange): string {
  if (change.set === 'rate') return ', and most drivers take a rate only while the link is up, at most its speed';
  return change.set === 'vlan' && change.vlanProto === '802.1ad' ? ', and many drivers know 802.1q alone' : '';
}

// A driver may accept a setting but ignore it. The guest would then lack what isolates it from others.
function refuseIgnored(
  { link, number, driver, changes }: Pick<FunctionChanges, 'changes' | 'driver' | 'link' | 'number'>,
  row: FunctionRow,
): void {
  for (const change of changes) {
    const asked: Readonly<Record<string, unknown>> = 'to' in change ? { [change.set]: change.to } : { ...change };
    const ignored = settingsOf(change).find((name) => row[name] !== asked[name]);
    if (ignored === undefined) continue;
    throw danError(
      'function-setting-refused',
      `the driver ${driver ?? 'none'} of the physical function ${link} took "ip ${functionLine(link, number, change)}" and did not do it: ` +
        `"${ignored}" is ${String(row[ignored] ?? 'unknown')}; leave "${ignored}" out, or see with "ip link show dev ${link}" what it can`,
    );
  }
}
