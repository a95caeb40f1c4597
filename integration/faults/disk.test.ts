import { describe, expect, test } from 'vitest';
import type { Answer } from '../harness/plugin.ts';
import { Bench } from './bench.ts';
import { deviceNames } from './devices.ts';
import { errorFaults } from './documented.ts';

/** A directory for DAN files on a file system of its own. */
const danConf = '/run/kata-containers/other';
const fill = (directory: string): string => `cat /dev/zero >${directory}/filler || :`;
const unfill = (directory: string): string => `rm ${directory}/filler`;

/** A file system of the size of some pages below a directory. */
const small = (directory: string): string =>
  `mkdir -p ${directory}; mount -t tmpfs -o size=64k,mode=755 tmpfs ${directory}`;

function expectError(answer: Answer, code: number, words: string): void {
  expect(errorFaults(answer)).toEqual([]);
  expect(answer.json).toMatchObject({ code, msg: expect.stringContaining(words) });
}

describe.concurrent('directories that cannot be written to', () => {
  test.each([
    ['is full', `${small(danConf)}; ${fill(danConf)}`],
    ['is read-only', `mkdir -p ${danConf}; mount -t tmpfs -o ro,mode=755 tmpfs ${danConf}`],
  ])('danConf %s: ADD leaves nothing, and works when it is not', async (_what, make) => {
    await using bench = await Bench.create('host-tap');
    await bench.host.sh(make);
    await bench.remember();
    const config = bench.call('ADD', { danConf }).config;
    expectError(await bench.run('ADD', { config }), 5, danConf);
    expect(await bench.differences()).toEqual([]);
    expect((await bench.run('DEL', { config })).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
    await bench.host.sh(`umount ${danConf}`);
    await bench.remember();
    expect((await bench.run('ADD', { config })).exitCode).toBe(0);
    expect((await bench.run('DEL', { config })).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
  });

  test.each([
    ['full', fill(danConf), unfill(danConf)],
    ['read-only', `mount -o remount,ro ${danConf}`, `mount -o remount,rw ${danConf}`],
  ])('danConf is %s at DEL, and the file is that of another network too', async (_what, spoil, repair) => {
    await using bench = await Bench.create('host-tap');
    await bench.host.sh(small(danConf));
    const config = bench.call('ADD', { danConf }).config;
    expect((await bench.run('ADD', bench.callOfResident({ danConf }))).exitCode).toBe(0);
    await bench.remember();
    expect((await bench.run('ADD', { config })).exitCode).toBe(0);
    await bench.host.sh(spoil);
    expectError(await bench.run('DEL', { config }), 5, danConf);
    await bench.host.sh(repair);
    expect((await bench.run('DEL', { config })).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
  });

  test.each([
    ['a symbolic link', `mkdir -p /run/elsewhere ${danConf}; rmdir ${danConf}; ln -s /run/elsewhere ${danConf}`],
    ['writable by its group', `mkdir -p ${danConf}; chmod 775 ${danConf}`],
    ['writable by all', `mkdir -p ${danConf}; chmod 1777 ${danConf}`],
    ['that of another user', `mkdir -p ${danConf}; chown 65534 ${danConf}`],
    ['a file', `mkdir -p ${danConf}; rmdir ${danConf}; touch ${danConf}`],
  ])('danConf is %s: refused, and nothing is touched', async (_what, make) => {
    await using bench = await Bench.create('host-tap');
    await bench.host.sh(make);
    await bench.remember();
    const config = bench.call('ADD', { danConf }).config;
    expectError(await bench.run('ADD', { config }), 125, danConf);
    expect(await bench.host.sh('ls -A /run/elsewhere 2>/dev/null || :')).toBe('');
    expect(await bench.differences()).toEqual([]);
    expect((await bench.run('DEL', { config })).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
  });

  test.each([
    ['no room for a byte', small('/run/dan'), fill('/run/dan')],
    [
      'no room for a name',
      'mkdir -p /run/dan; mount -t tmpfs -o nr_inodes=12,mode=755 tmpfs /run/dan',
      'i=0; while touch /run/dan/filler$i 2>/dev/null; do i=$((i + 1)); done',
    ],
  ])('/run/dan has %s: ADD leaves nothing', async (_what, make, spoil) => {
    await using bench = await Bench.create('host-tap');
    await bench.host.sh(make);
    // The locks are there, as on a node that ran before.
    expect(await bench.cycleFaults()).toEqual([]);
    await bench.host.sh(spoil);
    await bench.remember();
    expectError(await bench.run('ADD'), 5, '/run/dan/attachments');
    expect(await bench.differences()).toEqual([]);
    expect((await bench.run('DEL')).exitCode).toBe(0);
    expect(await bench.differences()).toEqual([]);
    await bench.host.sh('rm /run/dan/filler*');
    await bench.remember();
    expect(await bench.cycleFaults()).toEqual([]);
  });

  test.each(deviceNames)(
    '/run/dan is full when %s is detached: if it is not done then, it is when there is room',
    async (device) => {
      await using bench = await Bench.create(device);
      await bench.host.sh(small('/run/dan'));
      expect((await bench.run('ADD')).exitCode).toBe(0);
      await bench.host.sh(fill('/run/dan'));
      const first = await bench.run('DEL');
      if (first.exitCode !== 0) expectError(first, 5, '/run/dan');
      await bench.host.sh(unfill('/run/dan'));
      if (first.exitCode !== 0) expect((await bench.run('DEL')).exitCode).toBe(0);
      expect(await bench.differences()).toEqual([]);
      expect(await bench.cycleFaults()).toEqual([]);
    },
  );
});
