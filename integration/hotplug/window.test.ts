import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';
import { type Answer, type Call, callPlugin } from '../harness/plugin.ts';
import { holdTap } from '../harness/tap-holder.ts';
import { traces } from '../harness/traces.ts';
import { plugHost, plugNetwork } from './network.ts';
import { shimPath } from './shim.ts';
import { StandInQemu } from './stand-in-qemu.ts';

// A sandbox starts or ends while ADD is running.

const sandbox = 'sandbox-that-runs';
const { addresses, ...others } = plugNetwork;
const config = { ...others, routes: [], neighbors: [], ipam: { type: 'waits' } };

/** An IPAM plugin that records that it was called, and answers when it may. */
const waits = `#!/bin/sh
[ "$CNI_COMMAND" = ADD ] || exit 0
touch /run/asked
until [ -e /run/go ]; do sleep 0.02; done
echo '{ "cniVersion": "1.1.0", "ips": [{ "address": "${addresses[0]}" }] }'
`;

let host: Host;
let qemu: StandInQemu;
let netns: string;
let before: readonly string[];
beforeAll(async () => {
  ({ host, netns } = await plugHost());
  await host.sh(`cat >/usr/lib/cni/waits <<'END'\n${waits}END\nchmod +x /usr/lib/cni/waits`);
  qemu = await StandInQemu.start(host, sandbox);
  before = await traces(host);
});
afterAll(async () => {
  await qemu[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await host.sh('rm -f /run/asked /run/go');
});

const other = 'sandbox-that-starts';
const shimOf = (id: string): string => `/run/vc/sbs/${id}/shim-monitor.sock`;
const call = (command: Call['command'], id: string, changes: object = {}): Promise<Answer> =>
  callPlugin(host, { command, config: { ...config, ...changes }, sandbox: id, netns, ifname: 'net1' });
const file = (path: string): Promise<unknown> =>
  eventually(path, async () => ((await host.run('test', ['-e', path])).exitCode === 0 ? true : undefined));
/** The output of a script; undefined if it is empty. */
async function somethingOf(script: string): Promise<string | undefined> {
  const printed = await host.sh(`${script} || :`);
  return printed === '' ? undefined : printed;
}
const theTap = (): Promise<string> => eventually('the tap', () => somethingOf('ip -br link | grep -o "^dan[^ ]*"'));

/** Lets a sandbox start while an ADD for it waits for its IPAM plugin. */
async function startDuring(adding: Promise<Answer>, meanwhile?: () => Promise<void>): Promise<Answer> {
  await file('/run/asked');
  await meanwhile?.();
  await host.sh(`
    mkdir -p /run/vc/sbs/${other}; touch ${shimOf(other)}
    mount --bind ${shimOf(sandbox)} ${shimOf(other)}; touch /run/go`);
  return await adding;
}
const end = (): Promise<string> => host.sh(`umount ${shimOf(other)}; rm -r /run/vc/sbs/${other}`);

it('an ADD whose sandbox starts meanwhile is to be tried again, and leaves nothing', async () => {
  const added = await startDuring(call('ADD', other));
  expect(added.json).toMatchObject({ code: 11, msg: expect.stringContaining('started while it was being attached') });
  expect(added.json).not.toHaveProperty('details');
  expect(await traces(host)).toEqual(before);
  await end();
});

it('an ADD whose sandbox starts meanwhile succeeds where the virtual machine has the tap open', async () => {
  let holder: Awaited<ReturnType<typeof holdTap>> | undefined;
  const added = await startDuring(call('ADD', other), async () => {
    holder = await holdTap(host, await theTap());
  });
  expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  await holder?.close();
  await end();
  expect(await call('DEL', other)).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await traces(host)).toEqual(before);
});

it('an ADD waits for the shim of a sandbox that starts, and plugs in', async () => {
  await host.sh(`umount ${shimOf(sandbox)}; rm ${shimOf(sandbox)}`);
  let isDone = false;
  const adding = call('ADD', sandbox, { ipam: undefined, addresses }).finally(() => {
    isDone = true;
  });
  await eventually('ADD to run', () => somethingOf('pgrep -x dan'));
  // No event shows that nothing happens, so this waits.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isDone).toBe(false);
  expect(await traces(host)).toEqual(before);
  await host.sh(`touch ${shimOf(sandbox)}; mount --bind ${shimPath(host, sandbox)} ${shimOf(sandbox)}`);
  const added = await adding;
  expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  expect([...qemu.machine.cards]).toHaveLength(1);
  expect(await call('DEL', sandbox, { ipam: undefined, addresses })).toMatchObject({ exitCode: 0, stdout: '' });
  expect(qemu.machine.isClean).toBe(true);
  expect(await traces(host)).toEqual(before);
});

it('an ADD whose sandbox ends while it waits attaches it as one that has not started', async () => {
  await host.sh(`mkdir -p /run/vc/sbs/${other}`);
  const adding = call('ADD', other, { ipam: undefined, addresses });
  await eventually('ADD to run', () => somethingOf('pgrep -x dan'));
  await host.sh(`rmdir /run/vc/sbs/${other}`);
  expect(await adding).toMatchObject({ exitCode: 0 });
  expect(await host.sh('cat /run/kata-containers/dans/sandbox-that-starts.json')).toContain('"net1"');
  expect(await call('DEL', other, { ipam: undefined, addresses })).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await traces(host)).toEqual(before);
});
