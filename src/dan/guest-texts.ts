import { cidrText } from '../model/cidr.ts';
import { filled } from '../model/filled.ts';
import { danError, type DanErrorName, danErrors, type Diagnosis, sentenceOf } from '../model/error.ts';
import { firstOf } from '../model/first-of.ts';
import { type CniError, protocolError } from '../protocol/error.ts';
import type { GuestFault, GuestFaultKind } from '../model/guest.ts';
import texts from './guest-texts.json' with { type: 'json' };

/** The text of each fault, with the name of the error that ADD throws. A kind without a text does not compile. */
const textOf: Readonly<Record<GuestFaultKind, Diagnosis & { readonly error: string }>> = texts;

/** Describes a fault of a guest in words. Pure. */
export function guestDiagnosis({ of, on, other, what, route }: GuestFault): Diagnosis {
  const values: Readonly<Record<string, string>> = {
    ...{ what, on: on.called, other: other.called },
    ...(route === undefined ? {} : { dst: cidrText(route.dst), scope: String(route.scope ?? 0) }),
    // A getter: there may be thousands of addresses, and few texts name them.
    get own() {
      return firstOf(on.addresses, 'addresses', ({ text }) => text, ', ');
    },
  };
  return { seen: filled(textOf[of].seen, values), cure: filled(textOf[of].cure, values) };
}

/** Cures that replace those of the texts, which refer to a network's configuration. */
export type Cures = Readonly<Partial<Record<GuestFaultKind, string>>>;

/** The largest number of faults that are described. The rest are only counted. */
const mostWorded = 100;

/** The errors with which ADD refuses faults. All clashes between two interfaces become one error. */
export function guestErrors(faults: readonly GuestFault[], cures: Cures = {}): readonly CniError[] {
  if (faults.length === 0) return [];
  const more = faults.length - mostWorded;
  const refusals = faults.slice(0, mostWorded).map((fault) => {
    const { seen, cure } = guestDiagnosis(fault);
    return { seen, cure: cures[fault.of] ?? cure, error: textOf[fault.of].error };
  });
  const shared = refusals.filter(({ error }) => error === 'duplicate-in-sandbox');
  const others = refusals.filter(({ error }) => error !== 'duplicate-in-sandbox');
  const [first] = shared;
  const joined = first === undefined ? [] : [{ ...first, seen: firstOf(shared, 'such faults', ({ seen }) => seen) }];
  const worded = [...joined, ...others].map(({ error, ...fault }) =>
    isOwn(error) ? danError(error, sentenceOf(fault)) : protocolError('invalid-configuration', sentenceOf(fault)),
  );
  return more > 0 ? [...worded, protocolError('invalid-configuration', `and ${more} more faults`)] : worded;
}

function isOwn(error: string): error is DanErrorName {
  return error in danErrors;
}
