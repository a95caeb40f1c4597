/** Why a reader refuses a file, or takes a value for another one. */
export interface Reason {
  /** The place in the file, like `devices[0].name`; empty for the whole of it. */
  readonly where: string;
  /** A sentence about what is there. */
  readonly why: string;
}

/** Something that a reader drops silently. */
export interface Dropped extends Reason {
  readonly what: 'address' | 'neighbor' | 'route';
  /** What it is called in a sentence, like `the route to "default"`. */
  readonly name: string;
}

/** A file that a reader refuses, with every reason that was found. The sandbox fails. */
export interface Refusal {
  readonly accepted: false;
  readonly refusals: readonly Reason[];
}

/** A file that a reader refuses for one reason. */
export function refusal(why: string): Refusal {
  return { accepted: false, refusals: [{ where: '', why }] };
}

/** The reasons of a refusal as one text. */
export function reasonsText(refusals: readonly Reason[]): string {
  return refusals.map(({ where, why }) => (where === '' ? why : `${where}: ${why}`)).join('; ');
}
