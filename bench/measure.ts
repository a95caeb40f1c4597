import { access, constants } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { execa } from 'execa';
import { randomFrom } from '../integration/harness/seed.ts';
import { compilePrograms } from './launch/programs.ts';
import { thisMachine } from './machine/machine.ts';
import { Watch } from './machine/watch.ts';
import type { Options } from './options.ts';
import { measurePackets } from './packets/packets.ts';
import type { Result, Row, SectionName } from './report/result.ts';
import type { Bench } from './sections/bench.ts';
import { measureCalls } from './sections/calls.ts';
import { measureGrowth } from './sections/growth.ts';
import { measureHotplug } from './sections/hotplug.ts';
import { measureInstructions } from './sections/instructions.ts';
import { measureLoad } from './sections/load.ts';
import { measureSize } from './sections/size.ts';

const measureSection: Readonly<Record<SectionName, (bench: Bench) => Promise<readonly Row[]>>> = {
  size: measureSize,
  instructions: measureInstructions,
  calls: measureCalls,
  load: measureLoad,
  growth: measureGrowth,
  packets: measurePackets,
  hotplug: measureHotplug,
};

/** Measures the requested sections. `tell` gets progress messages. */
export async function measure(
  { rounds, seed, sections, program }: Options & { readonly task: 'measure' },
  tell: (text: string) => void,
): Promise<Result> {
  await access(program, constants.X_OK);
  const taken = new Date().toISOString();
  const programs = await compilePrograms();
  const watch = new Watch();
  await watch.observeIdle();
  const rows: Row[] = [];
  const leftOut: string[] = [];
  const random = randomFrom(seed);
  for (const section of sections) {
    const bench = { program, programs, watch, rounds, random };
    rows.push(
      ...(await measureSection[section]({
        ...bench,
        leaveOut: (what) => {
          leftOut.push(`${section}: ${what}`);
        },
        tell: (text) => {
          tell(`${section}: ${text}`);
        },
      })),
    );
  }
  await watch.observeIdle();
  const [commit, machine] = [await commitHere(), await thisMachine()];
  return { taken, commit, program: nameOf(program), seed, rounds, machine, doubts: watch.doubts(), leftOut, rows };
}

/** A path that does not depend on the machine, if the program is in this repository. */
function nameOf(program: string): string {
  const path = relative(resolve(import.meta.dirname, '..'), program);
  return path.startsWith('..') ? program : path;
}

async function commitHere(): Promise<string> {
  const git = { cwd: import.meta.dirname, reject: false } as const;
  const { stdout: commit, exitCode } = await execa('git', ['rev-parse', '--short', 'HEAD'], git);
  if (exitCode !== 0) return 'unknown';
  const { stdout: changes } = await execa('git', ['status', '--porcelain', '--untracked-files=no'], git);
  return changes === '' ? commit : `${commit}+`;
}
