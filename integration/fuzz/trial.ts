import fc from 'fast-check';
import { corpus, type Json, type Sound } from './corpus.ts';
import { hostileStrings, hostileVariables, unknownCommands } from './hostile.ts';
import { anyChange, anyDamage, type Change, changed, type Damage, damaged } from './mutate.ts';
import type { FuzzedCall } from './node.ts';

/** One mutated call, and the valid one from which it was made. */
export interface Trial {
  readonly sound: Sound;
  readonly command: string;
  readonly changes: readonly Change[];
  readonly damages: readonly Damage[];
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const noNul = (text: string): boolean => !text.includes('\0') && Buffer.byteLength(text) < 100_000;

const anyVariables = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      Object.fromEntries(
        Object.entries(hostileVariables).map(([name, values]) => [
          name,
          fc.constantFrom(undefined, ...values, ...hostileStrings.filter(noNul)),
        ]),
      ),
      { requiredKeys: [] },
    ),
  },
);

const anyCommand = fc.oneof(
  { weight: 10, arbitrary: fc.constant('ADD') },
  { weight: 7, arbitrary: fc.constantFrom('DEL', 'CHECK', 'STATUS', 'GC', 'VERSION') },
  { weight: 1, arbitrary: fc.constantFrom(...unknownCommands) },
);

/** Any mutated call: mostly its structure, sometimes its bytes. */
export const anyTrial: fc.Arbitrary<Trial> = fc.record({
  sound: fc.constantFrom(...corpus),
  command: anyCommand,
  changes: fc.array(anyChange, { maxLength: 3 }),
  damages: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(anyDamage, { minLength: 1, maxLength: 3 }) },
  ),
  variables: anyVariables,
});

/** The mutated call; `more` is what a runtime adds to the configuration, such as the result of ADD. */
export function mutatedCall({ sound, command, changes, damages, variables }: Trial, more: Json = {}): FuzzedCall {
  const input = damaged(encode(changed({ ...sound.config, ...more }, changes)), damages);
  const all: Trial['variables'] = { ...variablesFor(sound), ...variables, CNI_COMMAND: command };
  const set = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return { input, variables: Object.fromEntries(set) };
}

/** The call without mutations. */
export function soundCall({ sound }: Trial, command: string): FuzzedCall {
  return { input: encode(sound.config), variables: { ...variablesFor(sound), CNI_COMMAND: command } };
}

/** The configuration in a call, if it can be read at all. */
export function configOf({ input }: FuzzedCall): Json | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(input));
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function variablesFor({ netns }: Sound): Readonly<Record<string, string>> {
  return { CNI_CONTAINERID: 'sandbox-1', CNI_NETNS: netns, CNI_IFNAME: 'eth0', CNI_PATH: '/usr/lib/cni' };
}

function encode(config: Json): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(config));
}
