import { expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, executable } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from './network.ts';

// Each process costs a pod's start two to four milliseconds: what is changed is changed by one.
test('one ip changes the network in ADD, one in DEL, and STATUS starts nothing', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const config = networkConfig({ queues: 2, group: 0 });
  const trace = `${host.directory}/trace`;
  const program = ['strace', '-f', '-qq', '-e', 'trace=execve', '-e', 'signal=none', '-o', trace, executable] as const;
  const started = async (command: 'ADD' | 'DEL' | 'STATUS'): Promise<readonly string[]> => {
    const { exitCode, stdout } = await callPlugin(host, { command, config, netns, program });
    expect(exitCode, stdout).toBe(0);
    const lines = (await host.sh(`grep ' = 0$' ${trace}`)).split('\n');
    return lines
      .flatMap((line) => (/\[("[^\]]*)\]/.exec(line)?.[1] ?? '').replaceAll('"', '').replaceAll(',', ''))
      .slice(1);
  };
  expect(await started('STATUS')).toEqual([]);
  const [reads, changes] = [await started('ADD'), await started('DEL')];
  const isReading = (line: string): boolean => line.includes('-d ');
  expect(reads.filter((line) => !isReading(line)).map((line) => line.replace(/^\S*\//, ''))).toEqual([
    'ip -j -batch -',
  ]);
  expect(changes.map((line) => line.replace(/^\S*\//, ''))).toEqual([expect.stringMatching(/^ip -force -batch -$/)]);
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
