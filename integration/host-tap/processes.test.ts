import { expect, test } from 'vitest';
import { Bench } from '../faults/bench.ts';
import { Host } from '../harness/host.ts';
import { type Call, callPlugin, type Program, programs } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from './network.ts';

/** Calls the plugin, which must succeed, and returns the names of the programs that it started, without directories. */
async function startedBy(host: Host, call: Call, dan: Program): Promise<readonly string[]> {
  const trace = `${host.directory}/trace`;
  const strace = ['strace', '-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace] as const;
  const { exitCode, stdout } = await callPlugin(host, { ...call, program: [...strace, ...dan] });
  expect(exitCode, stdout).toBe(0);
  const [, ...lines] = (await host.sh(`grep ' = 0$' ${trace}`)).split('\n');
  return lines.map((line) => (/\[("[^\]]*)\]/.exec(line)?.[1] ?? '').replace(/[",]/g, '').replace(/^\S*\//, ''));
}

// Each process adds two to four milliseconds to a pod's start.
test.each(['host-tap', 'tcfilter for runtime-rs', 'tcfilter for generic'] as const)(
  'the executable starts none for %s',
  async (device) => {
    await using bench = await Bench.create(device);
    const { host, call } = bench;
    const started = (command: Call['command'], changes = {}): Promise<readonly string[]> =>
      startedBy(host, call(command, { ipam: undefined, ...changes }), programs.rtnetlink);
    expect(await started('STATUS')).toEqual([]);
    expect(await started('ADD')).toEqual([]);
    expect(await started('CHECK', { prevResult: {} })).toEqual([]);
    expect(await started('DEL')).toEqual([]);
  },
);

test('the program for Node runs more than two ip that change the network in ADD, or more than one in DEL', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const config = networkConfig({ queues: 2, group: 0 });
  const started = async (command: 'ADD' | 'DEL'): Promise<readonly string[]> => {
    const lines = await startedBy(host, { command, config, netns }, programs.iproute2);
    return lines.filter((line) => !line.includes('-d ') && !line.startsWith('flock '));
  };
  // The second one does what must come after the sysctl that switches IPv6 off on the tap.
  expect(await started('ADD')).toEqual(['ip -batch -', 'ip -batch -']);
  expect(await started('DEL')).toEqual(['ip -force -batch -']);
});

test('a directory that cannot be written to is no bug of dan: io-failure, and nothing made', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  await host.sh('mkdir -p /run/dan && mount -t tmpfs -o ro,mode=755 tmpfs /run/dan');
  const { json } = await callPlugin(host, { command: 'ADD', config: networkConfig(), netns });
  expect(json).toMatchObject({ code: 5, msg: expect.stringMatching(/\/run\/dan\/locks.*\[io-failure\]$/) });
  expect(await host.sh('ip -br link show type tun')).toBe('');
});
