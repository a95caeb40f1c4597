import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heldLocks, holdersByFile } from '../../../../src/node/locks.ts';
import { facts, find } from '../made-up-facts.ts';

test('the table of the kernel tells who holds which file, not who waits', () => {
  const table = `1: FLOCK  ADVISORY  WRITE 812 00:1a:33 0 EOF
1: -> FLOCK  ADVISORY  WRITE 900 00:1a:33 0 EOF
2: POSIX  ADVISORY  WRITE 813 00:1a:34 0 EOF
3: FLOCK  ADVISORY  WRITE 814 fe:00:2653 0 EOF
`;
  expect([...holdersByFile(table)]).toEqual([
    ['00:1a:33', 812],
    ['fe:00:2653', 814],
  ]);
});

describe('a lock that is held', () => {
  // The shell prints a line when it has the lock, and holds it until its input ends.
  async function whileHeld(script: string, work: (directory: string, pid: number) => void): Promise<void> {
    const directory = mkdtempSync(join(tmpdir(), 'dan-locks-'));
    const file = join(directory, 'sandbox-0ff');
    writeFileSync(file, '');
    const shell = spawn('/bin/sh', ['-c', script, 'sh', file], {
      env: { PATH: '/usr/bin:/bin', CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'sandbox-1' },
    });
    const ended = once(shell, 'close');
    try {
      await once(shell.stdout, 'data');
      work(directory, shell.pid ?? 0);
    } finally {
      shell.stdin.end();
      await ended;
      rmSync(directory, { recursive: true });
    }
  }

  // flock(1) with a descriptor ends at once, and the shell keeps the file open.
  const handedOver = 'exec 9>>"$1"; flock 9; echo held; read -r end';

  // In a container, the kernel does not list a lock whose original process has ended (locks_translate_pid of
  // fs/locks.c). This is the inode of every kernel's first PID namespace (PROC_PID_INIT_INO).
  const isOnHost = readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]';

  test.runIf(isOnHost)('has the process that holds it on, after the one that took it has ended', async () => {
    await whileHeld(handedOver, (directory, pid) => {
      const [lock, ...others] = heldLocks(directory);
      expect(others).toEqual([]);
      expect(lock).toMatchObject({ path: join(directory, 'sandbox-0ff'), holder: { pid } });
      expect(lock?.holder?.seconds).toBeLessThan(60);
      expect(lock?.holder?.command).toContain('CNI_CONTAINERID=sandbox-1');
    });
  });

  test('is none when nobody holds it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'dan-locks-'));
    writeFileSync(join(directory, 'sandbox-0ff'), '');
    expect(heldLocks(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });
});

test('a lock is a finding once others have given up waiting for it', () => {
  const held = (seconds: number) =>
    facts({
      state: {
        locks: [
          {
            path: '/run/dan/locks/sandbox-0ff',
            holder: { pid: 812, seconds, command: 'CNI_COMMAND=ADD /opt/cni/bin/dan' },
          },
        ],
      },
    });
  expect(find('state-lock', held(60))).toEqual([]);
  const [found] = find('state-lock', held(61));
  expect(found).toMatchObject({
    severity: 'error',
    seen: expect.stringContaining('process 812, which has been running for 61 s'),
  });
  expect(found?.cure).toContain('kill 812');
});
