import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { writeInside } from '../harness/install.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { holdTap } from '../harness/tap-holder.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { leaveSocket, withListener } from '../vhost-user/bind-socket.ts';

// Kata reads the DAN file when a sandbox starts.

const id = `6ec7a98f${'0'.repeat(56)}`;
const container = `c0ffee${'0'.repeat(58)}`;
const [first, second] = [
  networkConfig({ name: 'main', addresses: [], routes: [] }),
  networkConfig({ name: 'second', addresses: [], routes: [] }),
];
const shimSockets = ['/run/kata', '/run/vc/sbs'].map((parent) => `${parent}/${id}/shim-monitor.sock`);

let host: Host;
let netns: string;
let before: readonly string[];

beforeAll(async () => {
  host = await Host.create();
  await makeBridge(host);
  netns = await host.podNetns('pod');
  before = await traces(host);
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
});
beforeEach(async () => {
  expect((await add(first, 'eth0')).exitCode).toBe(0);
});
afterEach(async () => {
  await del(first, 'eth0');
  await host.sh('rm -rf /run/kata /run/vc /run/containerd /run/k3s');
  expect(await traces(host)).toEqual(before);
});

const add = (config: object, ifname: string, sandbox = id): Promise<Answer> =>
  callPlugin(host, { command: 'ADD', config, ifname, sandbox, netns });

async function del(config: object, ifname: string, sandbox = id): Promise<void> {
  const answer = await callPlugin(host, { command: 'DEL', config, ifname, sandbox, netns });
  expect(answer.exitCode, answer.stdout).toBe(0);
}

async function isRefused(why: string, sandbox = id): Promise<void> {
  const there = await traces(host);
  const { exitCode, json } = await add(second, 'net1', sandbox);
  expect([exitCode, json['code']]).toEqual([1, 126]);
  expect(json['msg']).toContain(`sandbox ${sandbox} runs (${why}`);
  expect(json['msg']).toContain('so nothing was made. Name all networks of a pod before it starts');
  expect(await traces(host)).toEqual(there);
  // A runtime calls DEL after a failed ADD.
  await del(second, 'net1', sandbox);
  expect(await traces(host)).toEqual(there);
}

async function isAttached(sandbox = id): Promise<void> {
  const { exitCode, stdout } = await add(second, 'net1', sandbox);
  expect(exitCode, stdout).toBe(0);
  await del(second, 'net1', sandbox);
}

test.each(shimSockets)('ADD is refused for a sandbox whose shim answers on %s', async (socket) => {
  await host.sh(`mkdir -p $(dirname ${socket})`);
  await withListener(host, socket, () => isRefused(`its shim answers on ${socket}`));
});

test.each(shimSockets)(
  'ADD attaches a sandbox that is started anew after its shim was killed, which left %s',
  async (socket) => {
    await host.sh(`mkdir -p $(dirname ${socket})`);
    await leaveSocket(host, socket);
    await isAttached();
  },
);

test('ADD is refused for a sandbox that has a directory of Kata, before its shim answers', async () => {
  await host.sh(`mkdir -p /run/kata/${id}`);
  await isRefused(`/run/kata/${id} exists; if it has ended, remove that directory`);
  await host.sh(`rmdir /run/kata/${id}; mkdir /run/kata/another`);
  await isAttached();
});

test('ADD is refused for a sandbox of which a program has another tap open, until that is closed', async () => {
  const tap = await host.sh(`ls /sys/class/net | grep '^dan'`);
  const holder = await holdTap(host, tap);
  await isRefused(`a program has its tap ${tap} open`);
  // Another sandbox is not affected.
  expect((await add(second, 'net1', 'another')).exitCode).toBe(0);
  await del(second, 'net1', 'another');
  await holder.close();
  await isAttached();
});

test.each([
  ['/run/containerd', 'k8s.io', 'address', (socket: string) => `unix://${socket}`],
  [
    '/run/containerd',
    'default',
    'bootstrap.json',
    (socket: string) => JSON.stringify({ version: 3, address: `unix://${socket}` }),
  ],
  ['/run/k3s/containerd', 'k8s.io', 'address', (socket: string) => `unix://${socket}`],
] as const)(
  'ADD is refused for the id of a container that %s has started in %s, by its %s',
  async (state, namespace, file, textOf) => {
    const [task, socket] = [
      `${state}/io.containerd.runtime.v2.task/${namespace}/${container}`,
      '/run/containerd/s/0123',
    ];
    await host.sh(`mkdir -p ${task} /run/containerd/s`);
    await writeInside(host, `${task}/${file}`, textOf(socket));
    await withListener(host, socket, () => isRefused(`its shim answers on ${socket}`, container));
    // The shim was killed.
    await leaveSocket(host, socket);
    await isAttached(container);
  },
);
