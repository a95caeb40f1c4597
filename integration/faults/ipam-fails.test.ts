import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';

/** What an IPAM plugin does that always fails. */
const refusals = {
  'a CNI error': `echo '{"cniVersion":"1.0.0","code":999,"msg":"conf: no such file or directory"}'; exit 1`,
  'no word': 'exit 1',
  'an error that is no JSON': 'echo panic: not found >&2; exit 2',
} as const;

/** What it does at ADD so that nobody knows whether it gave an address; its DEL fails as well. */
const deaths = {
  'is killed at ADD': 'kill -KILL $$',
  'gives an impossible address': `[ $CNI_COMMAND = DEL ] || { echo '{"ips":[{"address":"x"}]}'; exit 0; }`,
} as const;

const recordsAreLeft = (traces: readonly string[]): boolean => traces.some((trace) => trace.includes('/attachments/'));

describe('the ADD of an IPAM plugin fails, and its DEL too', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    before = await traces(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    expect(await traces(host)).toEqual(before);
  });

  const config = networkConfig({ addresses: undefined, routes: [], ipam: { type: 'fails' } });
  const call = (command: 'ADD' | 'DEL'): Promise<Answer> => callPlugin(host, { command, config, netns });
  const become = (script: string): Promise<string> =>
    host.sh(`cat >/usr/lib/cni/fails <<'S'\n#!/bin/sh\n${script}\nS\nchmod +x /usr/lib/cni/fails`);

  test.each(Object.entries(refusals))('with %s: it gave no address, and nothing is kept', async (_what, script) => {
    await become(script);
    for (let time = 0; time < 3; time++) {
      const { exitCode, stdout, json } = await call('ADD');
      expect([exitCode, json['details'] ?? '']).toEqual([1, expect.not.stringContaining('could not')]);
      expect(stdout).not.toContain('dan list');
      expect(await traces(host)).toEqual(before);
    }
    // Without a record it is not known whether the plugin has an address of an ADD before the last start of the node.
    const { exitCode, stdout } = await call('DEL');
    expect(exitCode).toBe(1);
    expect(stdout).not.toMatch(/not found|no such file or directory/);
    expect(await traces(host)).toEqual(before);
  });

  test.each(Object.entries(deaths))('and it %s: the record stays for whoever releases', async (_what, script) => {
    await become(`${script}\nkill -KILL $$`);
    for (const command of ['ADD', 'DEL'] as const) {
      const { exitCode, json } = await call(command);
      expect([exitCode, json['details']]).toEqual([1, expect.stringContaining('"dan list --orphans"')]);
      expect(recordsAreLeft(await traces(host))).toBe(true);
    }
    await become('exit 0');
    expect((await call('DEL')).exitCode).toBe(0);
  });
});
