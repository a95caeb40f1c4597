import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin, type Program, programs } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { fillBridge, makeBridge, networkConfig } from './network.ts';

const fill = (directory: string): string => `
  mkdir -p ${directory}; mount -t tmpfs -o size=64k,mode=755 tmpfs ${directory}
  cat /dev/zero >${directory}/filler 2>/dev/null || :`;
const readOnly = (directory: string): string => `
  mkdir -p ${directory}; mount --bind ${directory} ${directory}; mount -o remount,ro,bind ${directory}`;
const unmount = (directory: string): string => `umount ${directory}`;
const danConf = '/run/kata-containers/dans';

describe.each(Object.entries(programs))('a limit that ADD by %s meets is named, and nothing is left', (_, program) => {
  let host: Host;
  let netns: string;
  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    // The directories and locks exist, as on a node that was used before.
    expect(await call('ADD')).toMatchObject({ exitCode: 0 });
    expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const call = (command: 'ADD' | 'DEL' | 'STATUS', through: readonly string[] = []) => {
    const whole = [...through, ...program] as unknown as Program;
    return callPlugin(host, { command, config: networkConfig(), netns, program: whole });
  };

  async function expectRefused(code: number, says: readonly string[], through: readonly string[] = []): Promise<void> {
    const before = await traces(host);
    const added = await call('ADD', through);
    expect(added).toMatchObject({ exitCode: 1, json: { code } });
    for (const text of says) expect(added.json['msg']).toContain(text);
    expect(await traces(host)).toEqual(before);
  }

  test.each([
    ['danConf is full', danConf, fill, ['c', 'its file system is full', 'df -i']],
    ['/run/dan/attachments is full', '/run/dan/attachments', fill, ['its file system is full', 'df -i']],
    ['danConf is read-only', danConf, readOnly, ['its file system is read-only', 'findmnt -T']],
    ['/run/dan/attachments is read-only', '/run/dan/attachments', readOnly, ['its file system is read-only']],
  ])('%s', async (_what, directory, spoil, says) => {
    await host.sh(spoil(directory));
    try {
      await expectRefused(5, [directory, ...says]);
    } finally {
      await host.sh(unmount(directory));
    }
    expect(await call('ADD')).toMatchObject({ exitCode: 0 });
    expect(await call('DEL')).toMatchObject({ exitCode: 0 });
  });

  test('/dev/net/tun is missing', async () => {
    await host.sh('mount -t tmpfs tmpfs /dev/net');
    try {
      await expectRefused(113, ['/dev/net/tun', 'modprobe tun', '/etc/modules-load.d']);
    } finally {
      await host.sh('umount /dev/net');
    }
  });

  test('the bridge has no port left, which STATUS tells as well', async () => {
    await host.sh(fillBridge);
    const full = 'the bridge br0 has the 1023 ports that the kernel gives a bridge: use another bridge for more pods';
    await expectRefused(113, ['master br0', 'Exchange full', full]);
    const msg = `no sandbox can be attached on this node: ${full} [not-available]`;
    expect(await call('STATUS')).toMatchObject({ exitCode: 1, json: { code: 50, msg } });
    await host.sh('ip link del v1');
    expect(await call('STATUS')).toMatchObject({ exitCode: 0, stdout: '' });
  });
});

test('a process that may open few files says so, and how many more it takes', async () => {
  await using host = await Host.create();
  await makeBridge(host);
  const netns = await host.podNetns('pod');
  const before = await traces(host);
  const config = networkConfig();
  const refused: string[] = [];
  for (let most = 4; most < 12; most += 1) {
    const program = ['sh', '-c', `ulimit -n ${most}; exec "$@"`, 'sh', ...programs.rtnetlink] as const;
    const added = await callPlugin(host, { command: 'ADD', config, netns, program });
    if (added.exitCode === 0) break;
    refused.push(String(added.json['msg']));
    expect(await traces(host)).toEqual(expect.arrayContaining([...before]));
  }
  expect(refused).not.toEqual([]);
  for (const said of refused) expect(said).toMatch(/EMFILE|Too many open files/);
  for (const said of refused) expect(said).toContain('raise "LimitNOFILE" of the runtime\'s unit');
  expect(await callPlugin(host, { command: 'DEL', config, netns })).toMatchObject({ exitCode: 0 });
  expect((await traces(host)).filter((trace) => trace.startsWith('link'))).toEqual(
    before.filter((trace) => trace.startsWith('link')),
  );
});
