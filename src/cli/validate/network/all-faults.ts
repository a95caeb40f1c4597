import { CniError } from '../../../protocol/error.ts';
import type { JsonObject } from '../../../json/object.ts';

/** Keys without which a configuration would be another one. */
const kept = ['bridge', 'cniVersion', 'device', 'ipam', 'kataConfig', 'name', 'prevResult', 'runtime', 'type'];

/**
 * All that is refused of a configuration, where its reader throws the first alone: the part that a fault is about is
 * taken away, and the rest is read again. It ends with the first fault that no single part explains.
 */
export function allFaults(document: JsonObject, read: (document: JsonObject) => void): readonly CniError[] {
  const fault = faultOf(document, read);
  if (fault === undefined) return [];
  for (const { rest, isKey } of lessOne(document)) {
    const next = faultOf(rest, read);
    if (next === undefined) return [fault];
    // Without a key its default counts, which may be refused for the same reason.
    const isSame = isKey ? withoutNumbers(next) === withoutNumbers(fault) : next.message === fault.message;
    if (!isSame) return [fault, ...allFaults(rest, read)];
  }
  return [fault];
}

function withoutNumbers({ message }: CniError): string {
  return message.replace(/\d+/g, '');
}

function faultOf(document: JsonObject, read: (document: JsonObject) => void): CniError | undefined {
  try {
    read(document);
    return undefined;
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
}

interface Less {
  readonly rest: JsonObject;
  readonly isKey: boolean;
}

// Elements of lists come first: of a list of routes, one may be faulty, and another one, too.
function lessOne(document: JsonObject): readonly Less[] {
  const removable = Object.entries(document).filter(([key]) => !kept.includes(key));
  const elements = removable.flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((_, at) => ({ rest: { ...document, [key]: value.toSpliced(at, 1) }, isKey: false }))
      : [],
  );
  const keys = removable.map(([removed]) => ({
    rest: Object.fromEntries(Object.entries(document).filter(([key]) => key !== removed)),
    isKey: true,
  }));
  return [...elements, ...keys];
}
