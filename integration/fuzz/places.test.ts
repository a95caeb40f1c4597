import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { another, lockOf, recordOf } from '../faults/places.ts';
import { effort, hangingSeconds } from '../harness/effort.ts';
import { randomFrom, seed } from '../harness/seed.ts';
import { timed } from '../harness/stopwatch.ts';
import { FuzzedNode } from './node.ts';
import { outcomeFaults } from './outcome.ts';

const danConf = '/run/tenant/dans';
const socketDir = '/run/tenant/sockets';
/** Where damaged files are moved. */
const away = '/run/away';
const sandbox = 'sandbox-1';
const variables = {
  CNI_CONTAINERID: sandbox,
  CNI_NETNS: '/run/netns/pod',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/usr/lib/cni',
};
const plain = { cniVersion: '1.1.0', name: 'net', type: 'dan', danConf, socketDir, addresses: ['10.88.0.5/24'] };
const networks = [
  { ...plain, device: 'host-tap', bridge: 'br0' },
  { ...plain, device: 'vhost-user', logFile: '/run/tenant/dan.log' },
];

/** What is damaged: directories of all levels, and the files in them. */
const places = [
  ...['/run/dan', '/run/dan/attachments', '/run/dan/locks', '/run/tenant', danConf, socketDir],
  ...[
    recordOf('net', sandbox),
    lockOf(sandbox),
    '/run/dan/sweep.json',
    '/run/dan/calls-1',
    `${danConf}/${sandbox}.json`,
  ],
  ...[`${danConf}/.${sandbox}.json.tmp`, '/run/tenant/dan.log'],
];

let node: FuzzedNode;
beforeAll(async () => {
  node = await FuzzedNode.create();
});
afterAll(async () => {
  await node[Symbol.asyncDispose]();
});

type Spoil = (path: string, number: number) => void;

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const putAway = (path: string): void => {
  if (isThere(path)) renameSync(path, `${node.outside(away)}/${Date.now()}${Math.random()}`);
};

/** The ways to damage a place; the number selects a variant. */
const spoils: readonly Spoil[] = [
  (path) => {
    if (isThere(path)) lchownSync(path, another, another);
  },
  (path, number) => {
    const modes = [0o777, 0o1777, 0o775, 0o000, 0o700, 0o4755, 0o666];
    if (isThere(path) && !lstatSync(path).isSymbolicLink()) chmodSync(path, modes[number % modes.length] ?? 0o777);
  },
  (path) => {
    putAway(path);
    execFileSync('mkfifo', [path]);
  },
  (path) => {
    putAway(path);
    execFileSync('mknod', [path, 'c', '1', '5']);
  },
  (path) => {
    putAway(path);
    mkdirSync(path);
  },
  (path, number) => {
    putAway(path);
    const texts = ['', '{}', '[]', '{"format":1}', 'root:x:0', '\0'.repeat(5000)];
    writeFileSync(path, texts[number % texts.length] ?? '');
  },
  (path, number) => {
    putAway(path);
    const targets = ['/run/trap', '/run/nothing', path, '.', `${dirname(path)}/../tenant`];
    symlinkSync(targets[number % targets.length] ?? '.', path);
    // A symbolic link of root on the way is followed, and dan makes its own files there.
    if (number % 2 === 1 || path.endsWith('/run/tenant')) lchownSync(path, another, another);
  },
  (path) => {
    execFileSync('rm', ['-rf', path]);
  },
];

/** Calls dan, and returns the faults of how it ended. */
async function callFaults(command: string, network: object): Promise<readonly string[]> {
  const more = command === 'CHECK' ? { prevResult: { cniVersion: '1.1.0' } } : {};
  const input = new TextEncoder().encode(
    JSON.stringify({ ...network, ...more, ...(command === 'GC' ? { 'cni.dev/valid-attachments': [] } : {}) }),
  );
  const called = node.call({ input, variables: { ...variables, CNI_COMMAND: command } });
  const [ended, seconds] = await timed(node.outside('/proc'), called);
  return [...outcomeFaults(command, ended), ...(seconds > hangingSeconds ? [`took ${seconds} s`] : [])].map(
    (fault) => `${command}: ${fault}`,
  );
}

test(`whatever becomes of a directory or a file, each call ends, and nothing is left in the end (DAN_SEED=${seed})`, {
  timeout: (30 + effort.spoiltPlaces * 2) * 1000,
}, async () => {
  const random = randomFrom(seed);
  const number = (below: number): number => Math.floor(random() * below);
  const commands = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'];
  for (let history = 0; history < effort.spoiltPlaces; history++) {
    const network = networks[number(networks.length)] ?? plain;
    for (const directory of [away, danConf, socketDir])
      mkdirSync(node.outside(directory), { recursive: true, mode: 0o750 });
    const story: string[] = [];
    const faults: string[] = [];
    const call = async (command: string): Promise<void> => {
      story.push(command);
      faults.push(...(await callFaults(command, network)));
    };
    for (let step = 0; step < 5; step++) {
      if (step > 0 && number(2) === 0) {
        const [place, way] = [places[number(places.length)] ?? '', number(spoils.length)];
        const path = node.outside(place);
        story.push(`spoil ${place} by ${way}`);
        if (existsSync(dirname(path)) && lstatSync(dirname(path)).isDirectory()) spoils[way]?.(path, number(100));
      } else await call(step === 0 ? 'ADD' : (commands[number(commands.length)] ?? 'ADD'));
    }
    await call('DEL');
    // The damage is removed. What dan could not prove to be its own, it now finds by name.
    for (const directory of ['/run/dan', '/run/tenant', away]) execFileSync('rm', ['-rf', node.outside(directory)]);
    await call('DEL');
    const left = node.leftovers(network);
    expect({ story, faults, left }).toEqual({ story, faults: [], left: [] });
    await node.reset();
  }
});
