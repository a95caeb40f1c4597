import type { Row, RowName, SectionName } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';

/** The result of one measurement. */
interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** Collects measurements by subject and operation. */
export class Samples {
  readonly #samples = new Map<string, { readonly name: RowName; readonly all: Sample[] }>();

  add(name: RowName, { wall, cpu, peak }: Sample): void {
    const key = JSON.stringify([name.subject, name.what]);
    const entry = this.#samples.get(key) ?? { name, all: [] };
    this.#samples.set(key, entry);
    entry.all.push({ wall, cpu, peak });
  }

  /** A row for each subject and operation; `against` returns the row with which it is compared. */
  rows(section: SectionName, against: (name: RowName) => RowName | undefined): readonly Row[] {
    return [...this.#samples.values()].map(({ name, all }) => {
      const reference = against(name);
      return {
        section,
        ...name,
        ...(reference === undefined ? {} : { against: reference }),
        figures: {
          wall: summarize(all.map(({ wall }) => wall)),
          cpu: summarize(all.map(({ cpu }) => cpu)),
          peak: summarize(all.map(({ peak }) => peak)),
        },
      };
    });
  }
}
