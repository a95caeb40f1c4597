import type { PlaceFault } from '../attach/sightings/seen.ts';

/** Tells what could not be read, in a sentence. Pure. */
export function placeFaultText(fault: PlaceFault): string {
  return fault.why ?? `the record ${fault.file} is none that dan wrote: what it claims is not known`;
}
