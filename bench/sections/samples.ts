import type { Row, RowName, SectionName } from '../report/result.ts';
import { summarize } from '../report/statistics.ts';

/** What one measurement gives. */
interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** Collects measurements by what they are of. */
export class Samples {
  readonly #samples = new Map<string, { readonly name: RowName; readonly all: Sample[] }>();

  add(name: RowName, { wall, cpu, peak }: Sample): void {
    const key = JSON.stringify([name.subject, name.what]);
    const entry = this.#samples.get(key) ?? { name, all: [] };
    this.#samples.set(key, entry);
    entry.all.push({ wall, cpu, peak });
  }

  /** A row for each thing that was measured; `against` says what it is compared with. */
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
