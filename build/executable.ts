import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'rolldown';
import { bundleForHost } from './bundle.ts';
import { layOut } from './layout.ts';
import { compileEngine, linkHost, linkSanitized, linkTools } from './link.ts';
import { runProgram } from './run-program.ts';
import { fillIn, fillInHotPages, roomFor, takeSnapshot, type WrittenPages } from './snapshot.ts';
import { type Processor, prepareToolchain } from './toolchain.ts';
import { trainingCalls } from './training.ts';

/** Room for a snapshot in which each block of memory has its own pages. */
const spreadRoom = 96 * 1024 * 1024;

/** What to build: the entry point and the processor. */
export interface Executable {
  /** The module that the build evaluates, with its imports. */
  readonly entry: string;
  readonly outfile: string;
  readonly processor: Processor;
  /** Whether to call it as a CNI plugin, to find the pages that calls write. */
  readonly isPlugin: boolean;
  /** Plugins of the bundler, with which a test changes the sources. */
  readonly plugins?: readonly Plugin[];
}

/** Builds an executable that starts from a snapshot. */
export async function buildExecutable({ entry, outfile, processor, isPlugin, plugins }: Executable): Promise<void> {
  await inWorkDirectory(outfile, async (work) => {
    const toolchainFor = prepareToolchain();
    const { bytecode, evaluated, later, tools, engineHere } = await compileModules(entry, work, plugins);
    const toolchain = toolchainFor(processor);
    const objects = join(work, 'objects');
    const engine = processor === 'x86_64' ? engineHere : compileEngine(toolchain, objects);
    const parts = [...later, 'positions.json'].map((name) => join(bytecode, name));
    // An emulator runs a program for another processor.
    const run = processor === 'x86_64' ? [] : [`qemu-${processor}`];
    const empty = join(work, 'empty');
    const fresh = join(work, 'fresh');
    const link = (arenaBytes: number, places: Buffer): Buffer => {
      linkHost(toolchain, engine, { arenaBytes, parts }, objects, empty);
      const snapshot = takeSnapshot(run, empty, bytecode, evaluated[0] ?? '', places);
      fillIn(empty, snapshot, fresh);
      return snapshot;
    };
    const spread = link(spreadRoom, Buffer.alloc(0));
    const calls = isPlugin && processor === 'x86_64' ? trainingCalls(fresh, tools) : undefined;
    const { version, adds, others } = calls ?? { version: nothing, adds: [], others: [] };
    const written = {
      version: version.arena,
      adds: adds.map(({ arena }) => arena),
      others: others.map(({ arena }) => arena),
    };
    const { places, pages } = layOut(spread, written);
    link(roomFor(places.readUInt32LE(0)), places);
    fillInHotPages(fresh, [
      { arena: pages.version, live: version.live },
      { arena: pages.add, live: leastOf(adds) },
      { arena: pages.other, live: leastOf(others) },
    ]);
    return fresh;
  });
}

/** The pages of a program that was not called. */
const nothing: WrittenPages = { arena: [], live: 0 };

function leastOf(calls: readonly WrittenPages[]): number {
  return calls.length === 0 ? 0 : Math.min(...calls.map(({ live }) => live));
}

/** Builds a program for tests that checks every access to memory. It has no snapshot. */
export async function buildSanitized(entry: string, outfile: string): Promise<void> {
  await inWorkDirectory(outfile, async (work) => {
    const { bytecode, evaluated, later } = await compileModules(entry, work);
    const parts = [...evaluated, ...later, 'positions.json'].map((name) => join(bytecode, name));
    const fresh = join(work, 'fresh');
    linkSanitized(prepareToolchain()('x86_64').engine, parts, join(work, 'objects'), fresh);
    return fresh;
  });
}

/** Modules as bytecode, in a directory. */
interface Compiled {
  readonly bytecode: string;
  readonly evaluated: readonly string[];
  readonly later: readonly string[];
  /** The directory of the build's own tools. */
  readonly tools: string;
  /** The object files of the engine for this machine. */
  readonly engineHere: readonly string[];
}

async function compileModules(entry: string, work: string, plugins?: readonly Plugin[]): Promise<Compiled> {
  const [tools, modules, bytecode] = ['tools', 'modules', 'bytecode'].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ];
  const here = prepareToolchain()('x86_64');
  const engineHere = compileEngine(here, tools);
  linkTools(here, engineHere, tools);
  const { evaluated, later, positions } = await bundleForHost(entry, modules, plugins);
  mkdirSync(bytecode);
  runProgram(join(tools, 'compile'), [bytecode, ...[...evaluated, ...later].map((name) => join(modules, name))]);
  writeFileSync(join(bytecode, 'positions.json'), positions);
  return { bytecode, evaluated, later, tools, engineHere };
}

// Renames the finished file, so that nobody ever runs an incomplete executable.
async function inWorkDirectory(outfile: string, build: (work: string) => Promise<string>): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  const work = mkdtempSync(join(dirname(outfile), 'build-'));
  try {
    renameSync(await build(work), outfile);
  } finally {
    rmSync(work, { recursive: true });
  }
}
