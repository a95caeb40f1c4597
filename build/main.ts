import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundleForHost, bundleForNode } from './bundle.ts';
import { compileEngine, linkHost, linkSanitized, linkTools } from './link.ts';
import { runProgram } from './run-program.ts';
import { fillIn, fillInHotPages, roomFor, takeSnapshot } from './snapshot.ts';
import { type Processor, prepareToolchain } from './toolchain.ts';
import { writtenPages } from './training.ts';

// Builds dist/dan and dist/dan.mjs; with `--arch aarch64` dist/dan-aarch64 alone, with `--sanitize` dist/dan-sanitized.

const root = fileURLToPath(new URL('../', import.meta.url));
const work = join(root, 'dist', 'build');
const firstRoom = 8 * 1024 * 1024;

const usage = 'npm run build [-- --arch aarch64 | -- --sanitize]';
const asked = process.argv.slice(2).join(' ');
if (!['', '--arch aarch64', '--sanitize'].includes(asked)) throw new Error(`usage: ${usage}`);
const processor: Processor = asked === '--arch aarch64' ? 'aarch64' : 'x86_64';

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, 'bytecode'), { recursive: true });
const toolchainFor = prepareToolchain();
const host = toolchainFor('x86_64');
const tools = join(work, 'tools');
const engine = compileEngine(host, tools);
linkTools(host, engine, tools);

const modules = join(work, 'modules');
const bundle = await bundleForHost('src/main.ts', modules);
const bytecode = join(work, 'bytecode');
runProgram(join(tools, 'compile'), [
  bytecode,
  ...[...bundle.evaluated, ...bundle.later].map((name) => join(modules, name)),
]);
writeFileSync(join(bytecode, 'positions.json'), bundle.positions);

const to = (name: string): string => join(root, 'dist', name);
if (asked === '--sanitize') buildSanitized(bundle, to('dan-sanitized'));
else build(bundle, to(processor === 'x86_64' ? 'dan' : `dan-${processor}`));
if (asked === '') {
  await bundleForNode(join(work, 'dan.mjs'));
  runProgram('chmod', ['755', join(work, 'dan.mjs')]);
  renameSync(join(work, 'dan.mjs'), to('dan.mjs'));
}
rmSync(work, { recursive: true });

function build({ later }: Bundle, outfile: string): void {
  const toolchain = toolchainFor(processor);
  const objects = join(work, processor);
  const engineObjects = compileEngine(toolchain, objects);
  const parts = [...later, 'positions.json'].map((name) => join(bytecode, name));
  // A program for another processor is run by its emulator.
  const run = processor === 'x86_64' ? [] : [`qemu-${processor}`];
  const empty = join(work, 'empty');
  const link = (arenaBytes: number): Buffer => {
    linkHost(toolchain, engineObjects, { arenaBytes, parts }, objects, empty);
    return takeSnapshot(run, empty, bytecode, 'dan.js');
  };
  // How much room it takes is known when it was taken once.
  const snapshot = link(roomFor(link(firstRoom)));
  const fresh = join(work, 'fresh');
  fillIn(empty, snapshot, fresh);
  if (processor === 'x86_64') {
    const pages = writtenPages(fresh, tools);
    if (pages !== undefined) fillInHotPages(fresh, pages.version, pages.others);
  }
  // Whoever runs the executable meanwhile never sees half of one.
  renameSync(fresh, outfile);
}

function buildSanitized({ evaluated, later }: Bundle, outfile: string): void {
  const parts = [...evaluated, ...later, 'positions.json'].map((name) => join(bytecode, name));
  const fresh = join(work, 'fresh');
  linkSanitized(host.engine, parts, join(work, 'sanitized'), fresh);
  renameSync(fresh, outfile);
}
