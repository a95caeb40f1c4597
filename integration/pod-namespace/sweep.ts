import { expect } from 'vitest';
import { Bench, type DeviceName } from './bench.ts';
import { orphansEnded } from './faults.ts';
import { Complaints, type Point } from './points.ts';

/** Which points there are for a device. */
type FindPoints = (bench: Bench) => Promise<readonly Point[]>;

/**
 * Kills dan in ADD at each point. After the DEL that follows everything must be as before, and, where there is time for
 * it, after another ADD and DEL too.
 */
export async function killAdd(device: DeviceName, find: FindPoints, cycle = false): Promise<void> {
  await disturb(device, find, async (bench, { call }) => [
    ...expectReached(await call(bench)),
    ...(await afterDel(bench)),
    ...(cycle ? await bench.cycleFaults() : []),
  ]);
}

/** Lets ADD fail at each point. It says so once, and by itself leaves everything as before. */
export async function failAdd(device: DeviceName, find: FindPoints): Promise<void> {
  await disturb(device, find, async (bench, { call }) => {
    const faulted = await call(bench);
    const { exitCode, stdout, json } = faulted.answer;
    if (exitCode === 0) return [`ADD did not fail: ${stdout}`, ...(await afterDel(bench))];
    const { code, msg, details = '' } = json;
    const sound = typeof code === 'number' && code !== 999 && typeof msg === 'string';
    const clean = !String(details).includes('could not');
    return [
      ...expectReached(faulted),
      ...(exitCode === 1 && sound && clean ? [] : [`ADD ended with ${exitCode} and said: ${stdout}`]),
      ...(await bench.differences()).map((one) => `before DEL, ${one}`),
      ...(await afterDel(bench)),
    ];
  });
}

/** Disturbs DEL at each point; the DEL that follows must finish what was begun. */
export async function disturbDel(device: DeviceName, find: FindPoints): Promise<void> {
  await disturb(device, find, async (bench, { call }) => {
    const { exitCode, stdout } = await bench.run('ADD');
    if (exitCode !== 0) return [`ADD: ${stdout}`];
    return [...expectReached(await call(bench)), ...(await afterDel(bench))];
  });
}

async function disturb(
  device: DeviceName,
  find: FindPoints,
  complaintsAt: (bench: Bench, point: Point) => Promise<readonly string[]>,
): Promise<void> {
  await using bench = await Bench.create(device);
  const complaints = new Complaints();
  const points = await find(bench);
  expect(points).not.toEqual([]);
  for (const point of points) complaints.add(point.name, await complaintsAt(bench, point));
  complaints.add('the end', await bench.cycleFaults());
  expect(complaints.list()).toEqual([]);
}

function expectReached({ reached }: { readonly reached: boolean }): readonly string[] {
  return reached ? [] : ['was not reached'];
}

async function afterDel(bench: Bench): Promise<readonly string[]> {
  const { exitCode, stdout } = await bench.run('DEL');
  await orphansEnded(bench.host);
  return [...(exitCode === 0 ? [] : [`DEL: ${stdout}`]), ...(await bench.differences())];
}
