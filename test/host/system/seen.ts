import { utf8 } from '#bytes';
import type { System } from '../../../src/host/system/system.ts';

// What the tests of a system share. Only the tests themselves may use Node's modules in this folder: everything else
// also runs in the executable's own system.

/** What was seen in a situation, as JSON values. */
export type Seen = Readonly<Record<string, unknown>>;

/** Situations by name. Each returns what was seen, in its own directory. */
export type Situations = Readonly<Record<string, (directory: string) => Promise<Seen> | Seen>>;

/** The properties of the error that `work` throws, or that it throws none. */
export async function refusalOf(work: () => unknown, ...properties: readonly string[]): Promise<Seen> {
  try {
    return { refused: false, result: await work() };
  } catch (error) {
    const all = error as Readonly<Record<string, unknown>>;
    return { refused: true, ...Object.fromEntries(properties.map((name) => [name, all[name]])) };
  }
}

/** Makes a file with a text, and returns its path. */
export function makeFile(system: System, directory: string, text = 'file\n', mode = 0o600): string {
  const path = `${directory}/file`;
  const file = system.open(path, 'w', mode);
  system.write(file, utf8(text));
  system.close(file);
  return path;
}

/** Runs all situations, each in its own directory, whose path starts with `start`. */
export async function seeAll(system: System, situations: Situations, start: string): Promise<Seen> {
  const seen: Record<string, unknown> = {};
  for (const [at, [name, situation]] of Object.entries(situations).entries()) {
    const own = `${start}${at}`;
    system.mkdir(own, 0o700);
    seen[name] = await situation(own);
  }
  return seen;
}
