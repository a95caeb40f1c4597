import type { PciFunction } from './slots.ts';

// Parsers for the output of QEMU's human monitor, versions 7 to 10. All are pure.

/** The lines of an answer, without the first one, which echoes the command, and without terminal control sequences. */
export function linesOf(answer: string): readonly string[] {
  // Escape sequences of ECMA-48 move the cursor while the monitor echoes the command.

  const text = answer.replace(/\x1b\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r', '');
  return text.split('\n').slice(1);
}

/** The error in an answer; undefined if there is none. */
export function refusalIn(lines: readonly string[]): string | undefined {
  const refusals = lines.filter((line) => /^(Error: |unknown command:|Command ')/.test(line));
  return refusals.length === 0 ? undefined : refusals.map((line) => line.replace(/^Error: /, '')).join('; ');
}

/** The network backends in `info network`: one line for each queue, which begins with ` \ ` if a card uses it. */
export function backendsIn(answer: string): readonly string[] {
  const ids = [...answer.matchAll(/^(?: \\ )?(\S+): index=\d+,type=(?!nic\b)/gm)].map(([, id = '']) => id);
  return [...new Set(ids)];
}

/** The devices in the output of `qom-list /machine/peripheral`. */
export function childrenIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^(\S+) \(child<\S+>\)$/.exec(line.trim())?.[1] ?? []);
}

/** The functions in the output of `info pci`. Each begins with a line with its place. */
export function functionsIn(lines: readonly string[]): readonly PciFunction[] {
  const found: { bus: number; slot: number; id: string; model: string; secondary?: number }[] = [];
  for (const line of lines) {
    const [, bus, slot] = /^ *Bus +(\d+), device +(\d+), function \d+:/.exec(line) ?? [];
    if (bus !== undefined) found.push({ bus: Number(bus), slot: Number(slot), id: '', model: '' });
    const last = found.at(-1);
    if (last === undefined) continue;
    last.model = /: PCI device ([0-9a-f]{4}:[0-9a-f]{4})/.exec(line)?.[1] ?? last.model;
    last.id = /^ *id "(.*)"$/.exec(line)?.[1] ?? last.id;
    const secondary = /^ *secondary bus (\d+)\.$/.exec(line)?.[1];
    if (secondary !== undefined) last.secondary = Number(secondary);
  }
  return found;
}
