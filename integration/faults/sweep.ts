import { expect } from 'vitest';
import { effort } from '../harness/effort.ts';
import type { Host } from '../harness/host.ts';
import { seed } from '../harness/seed.ts';
import { Bench } from './bench.ts';
import type { Program } from '../harness/plugin.ts';
import type { DeviceName } from './devices.ts';
import { errorFaults } from './documented.ts';
import { orphansEnded } from './faults.ts';
import { removeEmptyLeases } from './leases.ts';
import { Complaints, type Point } from './points.ts';

/** What is disturbed: a device, and which program is to make it, if one is named. */
type Subject = DeviceName | { readonly device: DeviceName; readonly program: Program };

/** Which points there are for a device. */
type FindPoints = (bench: Bench) => Promise<readonly Point[]>;

/**
 * Kills dan in ADD at each point. After the DEL that follows everything must be as before, and, where there is time for
 * it, after another ADD and DEL too.
 */
export async function killAdd(subject: Subject, find: FindPoints, cycle = false): Promise<void> {
  await disturb(subject, find, async (bench, { call }) => [
    ...expectReached(await call(bench)),
    ...(await afterDel(bench, removeEmptyLeases)),
    ...(cycle ? await again(bench) : []),
  ]);
}

/** Lets ADD fail at each point, with a code if one is given. It says so once, and leaves everything as before. */
export async function failAdd(subject: Subject, find: FindPoints, cycle = false, code?: number): Promise<void> {
  await disturb(subject, find, async (bench, { call }) => {
    const faulted = await call(bench);
    const { stdout, json } = faulted.answer;
    return [
      ...expectReached(faulted),
      ...errorFaults(faulted.answer),
      ...(code === undefined || json['code'] === code ? [] : [`it has not the code ${code}: ${stdout}`]),
      ...(await bench.differences()).map((one) => `before DEL, ${one}`),
      ...(cycle ? await again(bench) : await afterDel(bench)),
    ];
  });
}

/** Lets ADD fail at each point, and everything after it too: what could not be undone is said, and DEL takes it. */
export async function failForGood(subject: Subject, find: FindPoints): Promise<void> {
  await disturb(subject, find, async (bench, { call }) => {
    const faulted = await call(bench);
    const { exitCode, stdout, json } = faulted.answer;
    const isLeft = (await bench.differences()).length > 0;
    const isSaid = String(json['details']).includes('could not');
    return [
      ...expectReached(faulted),
      ...errorFaults(faulted.answer, 'any'),
      ...(exitCode === 1 && isLeft !== isSaid
        ? [`something is ${isLeft ? '' : 'not '}left, and it says: ${stdout}`]
        : []),
      ...(await afterDel(bench)),
    ];
  });
}

/** Lets something happen at each point of DEL, which finishes all the same. */
export async function endureDel(subject: Subject, find: FindPoints): Promise<void> {
  await disturb(subject, find, async (bench, { call }) => {
    const added = await bench.run('ADD');
    const faulted = await call(bench);
    const ends = [added, faulted.answer].filter(({ exitCode }) => exitCode !== 0).map(({ stdout }) => stdout);
    return [...ends, ...expectReached(faulted), ...(await bench.differences())];
  });
}

/** Disturbs DEL at each point; the DEL that follows must finish what was begun. */
export async function disturbDel(subject: Subject, find: FindPoints): Promise<void> {
  await disturb(subject, find, async (bench, { call }) => {
    const { exitCode, stdout } = await bench.run('ADD');
    if (exitCode !== 0) return [`ADD: ${stdout}`];
    const faulted = await call(bench);
    // One may go on over a fault that another way around leads past.
    const faults = faulted.answer.exitCode === 1 ? errorFaults(faulted.answer, 'any') : [];
    return [...expectReached(faulted), ...faults, ...(await afterDel(bench))];
  });
}

async function disturb(
  subject: Subject,
  find: FindPoints,
  complaintsAt: (bench: Bench, point: Point) => Promise<readonly string[]>,
): Promise<void> {
  const { device, program } = typeof subject === 'string' ? { device: subject } : subject;
  await using bench = await Bench.create(device, program);
  const complaints = new Complaints();
  const found = await find(bench);
  const points = found.filter((_, at) => (at + seed) % effort.everyPoint === 0 || found.length < effort.everyPoint);
  expect(points).not.toEqual([]);
  for (const point of points) complaints.add(point.name, await complaintsAt(bench, point));
  complaints.add('the end', await bench.cycleFaults());
  expect(complaints.list()).toEqual([]);
}

function expectReached({ reached }: { readonly reached: boolean }): readonly string[] {
  return reached ? [] : ['was not reached'];
}

// DEL after a failed ADD, then both once more. Whether that leaves something shows at the next point, or at the end.
async function again(bench: Bench): Promise<readonly string[]> {
  const answers = [await bench.run('DEL'), await bench.run('ADD'), await bench.run('DEL')];
  return answers.filter(({ exitCode }) => exitCode !== 0).map(({ stdout }) => `another cycle: ${stdout}`);
}

async function afterDel(bench: Bench, cleanUp?: (host: Host) => void): Promise<readonly string[]> {
  const { exitCode, stdout } = await bench.run('DEL');
  await orphansEnded(bench.host);
  cleanUp?.(bench.host);
  return [...(exitCode === 0 ? [] : [`DEL: ${stdout}`]), ...(await bench.differences())];
}
