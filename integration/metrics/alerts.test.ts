import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { rulesText } from './monitoring.ts';

describe('the alerts', () => {
  test('are such that promtool takes them, and come when they should', async () => {
    await using host = await Host.create();
    await writeFile(join(host.directory, 'rules.yaml'), rulesText());
    const tests = await readFile(new URL('alerts.yaml', import.meta.url), 'utf8');
    await writeFile(join(host.directory, 'alerts.yaml'), tests);
    const check = await host.run('promtool', ['check', 'rules', join(host.directory, 'rules.yaml')]);
    expect(check.exitCode, check.stderr).toBe(0);
    const { exitCode, stdout, stderr } = await host.run('promtool', [
      'test',
      'rules',
      join(host.directory, 'alerts.yaml'),
    ]);
    expect(exitCode, stdout + stderr).toBe(0);
  });
});
