import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { switchAccessFault } from '../../src/host/switch-process.ts';
import type { OvsDatabase } from '../../src/model/ovs.ts';

let directory: string;
let database: OvsDatabase;
let sockets: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-switch-'));
  database = `unix:${directory}/db.sock` as OvsDatabase;
  sockets = join(directory, 'sockets');
  mkdirSync(sockets);
  chmodSync(sockets, 0);
});

afterEach(() => {
  chmodSync(sockets, 0o700);
  rmSync(directory, { recursive: true });
});

function runsAs(pid: string): void {
  writeFileSync(join(directory, 'ovs-vswitchd.pid'), pid);
}

describe('a switch of which nobody can tell whether it reaches sockets', () => {
  it('has no process id beside its database', () => {
    expect(switchAccessFault(database, sockets)).toBeUndefined();
  });

  // The largest pid is 2^22.
  it.each(['', 'x', '-1', '../self', '4194305'])('has %j for a process id', (pid) => {
    runsAs(pid);
    expect(switchAccessFault(database, sockets)).toBeUndefined();
  });

  it.each(['tcp:127.0.0.1:6640', 'ssl:192.0.2.1:6640'])('may be elsewhere: %s', (other) => {
    expect(switchAccessFault(other as OvsDatabase, sockets)).toBeUndefined();
  });
});

const nobody = 65534;

describe.skipIf(process.getuid?.() !== 0)('a switch that is not root', () => {
  let child: ChildProcess;

  beforeEach(async () => {
    child = spawn('/bin/sleep', ['60'], { uid: nobody, gid: nobody, stdio: 'ignore' });
    await new Promise((resolve) => child.once('spawn', resolve));
    runsAs(`${child.pid ?? 0}\n`);
  });

  afterEach(() => {
    child.kill();
  });

  it.each([
    ['its user', nobody, 0, 0o100, true],
    ['its user, whatever the others may', nobody, 0, 0o077, false],
    ['its group', 0, nobody, 0o010, true],
    ['its group, whatever the others may', 0, nobody, 0o707, false],
    ['everybody', 0, 0, 0o001, true],
    ['root alone', 0, 0, 0o750, false],
  ])('reaches sockets in a directory of %s (%i:%i, %i): %s', (_whose, uid, gid, mode, reaches) => {
    chownSync(sockets, uid, gid);
    chmodSync(sockets, mode);
    const fault = switchAccessFault(database, sockets);
    if (reaches) expect(fault).toBeUndefined();
    else expect(fault?.seen).toContain(`runs as user ${nobody} without CAP_DAC_OVERRIDE and cannot enter ${sockets}`);
  });

  it('cannot reach those in one that dan would make, and is told its own group for it', () => {
    const fault = switchAccessFault(database, join(sockets, 'new'));
    expect(fault?.cure).toContain(`chgrp ${nobody} ${sockets}/new; chmod 2750 ${sockets}/new`);
  });
});

describe.skipIf(process.getuid?.() !== 0)('a switch that is root', () => {
  it('reaches all sockets', () => {
    runsAs(String(process.pid));
    expect(switchAccessFault(database, sockets)).toBeUndefined();
    expect(switchAccessFault(database, join(sockets, 'new'))).toBeUndefined();
  });
});
