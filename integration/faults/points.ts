import { expect } from 'vitest';
import type { Bench } from './bench.ts';
import {
  callKilledAtFile,
  callWithFault,
  countFileCalls,
  type FaultKind,
  type Faulted,
  lastSteps,
  letGo,
  signalDan,
  type Step,
} from './faults.ts';

/** One place where a call is disturbed. */
export interface Point {
  readonly name: string;
  readonly call: (bench: Bench) => Promise<Faulted>;
}

// Nothing happens, and the steps are counted.
const never: Step = { tool: 'none', nth: 1 };

/** A step of a call, by its place in the list of them. Programs that run at the same time come in any order. */
export function stepAt(steps: readonly string[], at: number): Step {
  const tool = toolOf(steps[at]) ?? '';
  return { tool, nth: steps.slice(0, at + 1).filter((step) => toolOf(step) === tool).length };
}

/** The points between any two steps of a call, each beside its step, for kinds that kill. */
export async function killPoints(bench: Bench, command: 'ADD' | 'DEL'): Promise<readonly Point[]> {
  const steps = await stepsOf(bench, command);
  return steps.flatMap((step, at) => [
    // Between two lines of one batch, before the one is after the other.
    ...(toolOf(step) === toolOf(steps[at - 1]) ? [] : [point(command, 'killed-before', stepAt(steps, at), step)]),
    point(command, 'killed-after', stepAt(steps, at), step),
  ]);
}

/** One point for each step of a call. */
export async function everyStep(bench: Bench, command: 'ADD' | 'DEL', kind: FaultKind): Promise<readonly Point[]> {
  const steps = await stepsOf(bench, command);
  return steps.map((step, at) => point(command, kind, stepAt(steps, at), step));
}

/** One point for each program that a call runs: what is true of one line of a batch is true of the others. */
export async function everyProgram(bench: Bench, command: 'ADD' | 'DEL', kind: FaultKind): Promise<readonly Point[]> {
  const steps = await stepsOf(bench, command);
  return steps.flatMap((step, at) =>
    toolOf(step) === toolOf(steps[at - 1]) ? [] : [point(command, kind, stepAt(steps, at), step)],
  );
}

/** One point for each step of a call that hangs, where each may take two seconds. */
export async function everyHang(bench: Bench, command: 'ADD' | 'DEL', kind: FaultKind): Promise<readonly Point[]> {
  // An IPAM plugin has two minutes, whatever the configuration says.
  const steps = await stepsOf(bench, command);
  return steps.flatMap((step, at) =>
    toolOf(step) === 'host-local' ? [] : [point(command, kind, stepAt(steps, at), step, { commandTimeout: 2 })],
  );
}

/** The points before each system call by which a call changes files. */
export async function filePoints(bench: Bench, command: 'ADD' | 'DEL'): Promise<readonly Point[]> {
  // What is made once in the life of a node is there from now on.
  await bench.cycleFaults();
  if (command === 'DEL') await bench.run('ADD');
  const counts = await countFileCalls(bench.host, bench.call(command));
  await bench.run('DEL');
  return counts.flatMap(({ systemCall, count }) =>
    Array.from({ length: count }, (_, at) => ({
      name: `${command} killed before ${systemCall} ${at + 1}`,
      call: ({ host, call }: Bench) => callKilledAtFile(host, call(command), systemCall, at + 1),
    })),
  );
}

/** The steps of a call that nothing happens to, in order. */
export async function stepsOf(bench: Bench, command: 'ADD' | 'DEL'): Promise<readonly string[]> {
  if (command === 'DEL') await bench.run('ADD');
  const { answer } = await callWithFault(bench.host, bench.call(command), 'fails', never);
  expect(answer.exitCode, answer.stdout).toBe(0);
  const steps = await lastSteps(bench.host);
  await bench.run('DEL');
  return steps;
}

function toolOf(step: string | undefined): string | undefined {
  return step?.split(' ')[0];
}

/** One point for each program that a call runs, at which dan gets a signal: while it `hangs`, or before it goes on. */
export async function everySignal(
  bench: Bench,
  command: 'ADD' | 'DEL',
  kind: 'hangs' | 'waits',
): Promise<readonly Point[]> {
  const steps = await stepsOf(bench, command);
  return steps.flatMap((step, at) => {
    if (toolOf(step) === toolOf(steps[at - 1])) return [];
    const signal = (['TERM', 'INT', 'HUP'] as const)[at % 3]!;
    const call = ({ host, call: callOf }: Bench): Promise<Faulted> => {
      const whenReached = async (): Promise<void> => {
        await signalDan(host, signal);
        await letGo(host);
      };
      return callWithFault(host, callOf(command), kind, stepAt(steps, at), { whenReached });
    };
    return [{ name: `${command} gets SIG${signal} at step ${at + 1}, ${step}`, call }];
  });
}

function point(
  command: 'ADD' | 'DEL',
  kind: FaultKind,
  step: Step,
  what: string,
  changes: Readonly<Record<string, unknown>> = {},
): Point {
  return {
    name: `${command} ${kind} step ${step.nth} of ${step.tool}, ${what}`,
    call: ({ host, call }) => callWithFault(host, call(command, changes), kind, step),
  };
}

/** Says each complaint once, with the number of points it was heard at and the first of them. */
export class Complaints {
  readonly #points = new Map<string, string[]>();

  add(point: string, complaints: readonly string[]): void {
    for (const complaint of complaints) {
      this.#points.set(complaint, [...(this.#points.get(complaint) ?? []), point]);
    }
  }

  list(): readonly string[] {
    return [...this.#points].map(([complaint, at]) => `${complaint} [at ${at.length} points, first: ${at[0] ?? ''}]`);
  }
}
