import type { GuestInterface } from '../../../model/guest.ts';
import { guestFaults } from '../../../dan/guest-faults.ts';
import { guestDiagnosis } from '../../../dan/guest-texts.ts';
import { cidrText } from '../../../model/cidr.ts';
import { linkScope } from '../../../model/route.ts';
import type { TakenDevice, TakenRoute } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** What the agent and the kernel of the guest refuse or lose, over all devices of one sandbox. */
export function guestRemarks(devices: readonly TakenDevice[]): readonly Remark[] {
  if (devices.length === 0) {
    return [remarksAt('devices')('warning', 'there is none: the sandbox starts without any network')];
  }
  const failures = devices.flatMap((device) => device.failures);
  const placeOf = new Map(devices.map(({ guest, where }): [GuestInterface, string] => [guest, where]));
  return [
    ...failures.map(({ where, why }) => remarksAt(where)('error', `the guest agent fails: ${why}`)),
    ...guestFaults(devices.map(({ guest }) => guest)).map((fault) => {
      const { seen, cure } = guestDiagnosis(fault);
      const remark = remarksAt(fault.route?.where ?? placeOf.get(fault.on) ?? '');
      return fault.isLost === true
        ? remark('warning', `${seen}: ${cure}`)
        : remark('error', `${seen}, and the sandbox fails: ${cure}`);
    }),
  ];
}

/** A route as the guest's kernel gets it. */
export function routeText({ dst, gw, scope, mtu, source, from, onlink }: TakenRoute): string {
  let text = cidrText(dst);
  if (gw !== undefined) text += ` via ${gw.text}`;
  if (onlink) text += ' onlink';
  if (scope !== 0) text += scope === linkScope ? ' scope link' : ` scope ${scope}`;
  if (mtu !== 0) text += ` mtu ${mtu}`;
  if (source !== undefined) text += ` src ${source.text}`;
  if (from !== undefined) text += ` from ${cidrText(from)}`;
  return text;
}
