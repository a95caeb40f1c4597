import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { blocksOf } from '../../test/docs/blocks.ts';
import { stepsOf } from '../docs/commands.ts';
import { Host } from '../harness/host.ts';
import { callPlugin, executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { RunningSandbox, sandbox, startProcessOf } from './running-sandbox.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('docs/guides/hot-plug.md works as it is written', async () => {
  await using host = await Host.create();
  const netns = await host.podNetns('pod');
  await using running = await RunningSandbox.start(host, { kind: 'qemu-hmp' });
  const clean = await traces(host);
  const blocks = blocksOf('docs/guides/hot-plug.md');
  const path = `${dirname(executable)}:/usr/sbin:/usr/bin:/sbin:/bin`;
  let printed = '';
  for (const { language, text } of blocks) {
    if (language !== 'sh') continue;
    for (const step of stepsOf(text)) {
      const script = step.for === 'shell' ? step.script : '';
      const { exitCode, stdout, stderr } = await host.run('bash', ['-ec', `cd "$0"; ${script}`, root], {
        env: { PATH: path, HOME: '/root' },
      });
      expect(exitCode, `${script}\n${stdout}${stderr}`).toBe(0);
      printed += stdout;
    }
  }
  expect(printed).toContain('"pciAddr":"02.0/1e"');
  expect(printed).toContain('0% packet loss');
  expect(printed).toMatch(/plug .* into .*, which ran, by qemu-hmp at .*: bus pci-bridge-0, slot 1e/);
  expect(printed).toMatch(/check +as ADD made it/);
  expect(await running.cards()).toEqual([]);

  // Does what the controller does with the network of the page.
  const [definition] = blocks.filter(({ language }) => language === 'yaml');
  const { spec } = parse(definition?.text ?? '') as { spec: { config: string } };
  await using _process = await startProcessOf(sandbox, host, netns);
  const call = { config: spec.config, sandbox: 'c0ffee0123456789', netns, ifname: 'net1' };
  const added = await callPlugin(host, { command: 'ADD', ...call });
  expect(added, added.stdout).toMatchObject({ exitCode: 0 });
  await host.sh('ping -c 1 -w 10 10.99.0.4');
  expect(await callPlugin(host, { command: 'DEL', ...call })).toMatchObject({ exitCode: 0 });
  expect(await running.cards()).toEqual([]);
  await host.sh('ip link del tap-net1; ip link del br1');
  expect(await traces(host)).toEqual(clean);
});
