import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLog } from '../../src/host/log.ts';

it('has short lines, however long the names and messages are that callers give', () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'dan-log-')));
  try {
    const file = join(directory, 'log');
    const log = openLog({ file, level: 'info', fields: { network: 'n'.repeat(1_000_000) } });
    log('info', 'm'.repeat(1_000_000), { path: 'p' });
    log('info', 'done');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => line.length < 16_000)).toEqual([true, true]);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: expect.stringContaining('m… (1000000 characters)'),
      network: expect.stringContaining('n… (1000000 characters)'),
      path: 'p',
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});
