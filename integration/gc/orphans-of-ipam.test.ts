import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Finished } from '../harness/starter.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { leased, Node, plain } from './lost-sandbox.ts';
import { letTimePass } from './time.ts';

let node: Node;

beforeEach(async () => {
  node = await Node.create();
});
afterEach(async () => {
  await node[Symbol.asyncDispose]();
});

describe('an IPAM plugin that makes difficulties with an orphan', () => {
  const answer = `echo '{"cniVersion": "1.1.0", "ips": [{"address": "10.1.2.3/24"}]}'`;
  const ofScript = { ...leased, ipam: { type: 'script' } };
  const become = (script: string): Promise<string> =>
    node.host.sh(`cat >/usr/lib/cni/script <<'S'\n#!/bin/sh\n${script}\nS\nchmod +x /usr/lib/cni/script`);

  test.each(['exit 1', 'sleep 100'])(
    '%j: it fails no other call, delays it little, and is asked again',
    async (script) => {
      await become(answer);
      await node.loseSandbox(ofScript);
      await become(script);
      await letTimePass(node.host);
      const start = Date.now();
      const { stderr } = await node.anotherCall();
      expect(Date.now() - start).toBeLessThan(6000);
      expect(stderr).toContain('an orphan could not be removed: the next sweep tries again');
      expect((await traces(node.host)).some((trace) => trace.includes('/attachments/'))).toBe(true);
      await become('exit 0');
      await letTimePass(node.host);
      await node.expectRemoved();
    },
  );

  test('gets the recorded configuration, ids and arguments of the orphan, and nothing of the call', async () => {
    await become(answer);
    await node.loseSandbox(ofScript, { variables: { CNI_ARGS: 'K8S_POD_NAME=own' } });
    await become('[ $CNI_CONTAINERID = live ] || { env; cat; } >/run/asked');
    await letTimePass(node.host);
    await node.must('DEL', { ...plain, name: 'none' }, 'live', { variables: { CNI_ARGS: 'K8S_POD_NAME=other' } });
    const asked = await node.host.sh('cat /run/asked');
    for (const part of [
      'CNI_COMMAND=DEL',
      'CNI_CONTAINERID=lost',
      'CNI_IFNAME=eth0',
      '"name":"kata-net"',
      '"type":"script"',
    ]) {
      expect(asked).toContain(part);
    }
    expect(asked).toMatch(/^CNI_NETNS=$/m);
    expect(asked.match(/K8S_POD_NAME=\w+/g)).toEqual(['K8S_POD_NAME=own']);
  });
});

describe('dan gc', () => {
  const run = (...args: string[]): Promise<Finished> => node.host.run(executable, ['gc', ...args]);

  test('shows and removes all that nobody has any more at once, and counts it', async () => {
    const none = await run();
    expect([none.exitCode, none.stdout]).toEqual([
      0,
      'Nothing to remove: no attachment of this node is unused.\n' +
        'Since the node started, dan removed 0 attachments that nobody used any more.\n',
    ]);
    await node.loseSandbox();
    expect((await run()).stdout).toContain(
      'eth0 of sandbox lost in network kata-net: stays for now, because it was changed within the last five minutes',
    );
    await letTimePass(node.host);
    const there = await traces(node.host);
    const dry = await run('--dry-run');
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining('kata-net: would be removed\n')]);
    expect(await traces(node.host)).toEqual(there);
    const { exitCode, stdout } = await run();
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('kata-net: removed\n')]);
    expect(stdout).toContain('dan removed 1 attachments');
    expect(await traces(node.host)).toEqual(node.withoutIt);
  });

  test('says why something could not be removed', async () => {
    await node.loseSandbox();
    await node.host.sh('mv /usr/lib/cni/host-local /usr/lib/cni/away');
    await letTimePass(node.host);
    const { exitCode, stdout } = await run();
    expect([exitCode, stdout]).toEqual([
      1,
      expect.stringContaining('could not be removed: the IPAM plugin "host-local"'),
    ]);
    await node.host.sh('mv /usr/lib/cni/away /usr/lib/cni/host-local');
    expect((await run()).exitCode).toBe(0);
  });
});
