import { suggestion } from '../../../config/faults.ts';
import type { ProfileName } from '../../../dan/profile.ts';
import { isObject } from '../../../json/object.ts';
import { once } from '../../../model/once.ts';
import { danFile, type Field, type Struct } from '../../../reader/format.ts';
import { type Place, placeText } from '../../../reader/verdict.ts';
import { type Remark, remarksAt } from '../remark.ts';

/** The most distinct keys that are compared with known ones. So many are not typos; the rest are warnings unseen. */
const mostCompared = 1000;

/** The keys that a reader silently ignores. A key that resembles a known one counts as a typo, and is a warning. */
export function ignoredKeys(text: string, runtime: ProfileName): readonly Remark[] {
  try {
    const walk = new Walk(runtime === 'go');
    walk.through(JSON.parse(text), danFile);
    return walk.remarks;
  } catch {
    return []; // A reader already reports a text that is not JSON.
  }
}

class Walk {
  readonly remarks: Remark[] = [];
  readonly #isGo: boolean;
  /** The remark about each key of a struct. */
  readonly #seen = new Map<Struct, Map<string, readonly [Remark['severity'], string]>>();
  #compared = 0;

  constructor(isGo: boolean) {
    this.#isGo = isGo;
  }

  through(value: unknown, field: Field, place?: Place): void {
    if (field.is === 'list' && Array.isArray(value)) {
      for (let at = 0; at < value.length; at++) this.through(value[at], field.of, { within: place, key: at });
    }
    if (field.is !== 'struct' || !isObject(value)) return;
    for (const key of Object.keys(value)) {
      const below = this.#known(field, key);
      if (below === undefined) this.remarks.push(remarksAt(placeText(place))(...this.#remark(field, key)));
      else if (below.is === 'list' || below.is === 'struct') this.through(value[key], below, { within: place, key });
    }
  }

  // Go matches keys in any case.
  #known({ fields }: Struct, key: string): Field | undefined {
    const name = this.#isGo ? key.toLowerCase() : key;
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return this.#isGo && field?.notIn === 'go' ? undefined : field;
  }

  #remark(struct: Struct, key: string): readonly [Remark['severity'], string] {
    return once(
      once(this.#seen, struct, () => new Map<string, readonly [Remark['severity'], string]>()),
      key,
      () => {
        this.#compared += 1;
        const names = Object.keys(struct.fields).filter((name) => this.#known(struct, name) !== undefined);
        const near = this.#compared > mostCompared ? undefined : suggestion(key, names);
        return [near === '' ? 'note' : 'warning', `the reader ignores the key ${JSON.stringify(key)}${near ?? ''}`];
      },
    );
  }
}
