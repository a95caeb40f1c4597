import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { diagnose, follow, foundIn, installPlugin, useNetwork } from './node.ts';

const area = /^state-/;
const file = '/run/kata-containers/dans/sandbox-1.json';

describe('an attachment', () => {
  let host: Host;
  let tap: string;
  beforeEach(async () => {
    host = await Host.create();
    await installPlugin(host);
    await makeBridge(host);
    await useNetwork(host, { bridge: 'br0' });
    const netns = await host.podNetns('pod');
    const { exitCode, json, stdout } = await callPlugin(host, { command: 'ADD', config: networkConfig(), netns });
    expect(exitCode, stdout).toBe(0);
    tap = (json['interfaces'] as { name: string }[])[0]!.name;
  });
  afterEach(async () => {
    await host[Symbol.asyncDispose]();
  });

  // A finding has a command that removes the cause; afterwards nothing of the attachment is left.
  async function mend(id: string): Promise<void> {
    const { findings } = await diagnose(host, area);
    const found = findings.find((finding) => finding.id === id);
    expect(found, JSON.stringify(findings)).toBeDefined();
    if (found !== undefined) await follow(host, found);
    expect(await foundIn(host, area)).toEqual([]);
    expect(await traces(host)).toEqual(['netns pod']);
  }

  test('that is whole has no finding', async () => {
    expect(await foundIn(host, area)).toEqual([]);
  });

  test('that lost its tap', async () => {
    await host.sh(`ip link del ${tap}`);
    expect(await foundIn(host, area)).toEqual(['state-missing-link']);
    await mend('state-missing-link');
  });

  test('that lost its entry', async () => {
    await host.sh(`rm ${file}`);
    expect(await foundIn(host, area)).toEqual(['state-missing-entry']);
    await mend('state-missing-entry');
  });

  test.each(['state-orphan-link', 'state-orphan-entry'])(
    'that lost its record is mended by the cure of %s',
    async (id) => {
      await host.sh('rm /run/dan/attachments/*.json');
      expect(await foundIn(host, area)).toEqual(['state-orphan-link', 'state-orphan-entry']);
      await mend(id);
    },
  );

  test('whose record is cut off', async () => {
    await host.sh('for record in /run/dan/attachments/*.json; do truncate -s 20 "$record"; done');
    expect(await foundIn(host, area)).toEqual(['state-unreadable-record', 'state-orphan-link', 'state-orphan-entry']);
    await mend('state-orphan-link');
  });

  test('whose file is cut off is not told to have lost its entry', async () => {
    await host.sh(`truncate -s 20 ${file}`);
    expect(await foundIn(host, area)).toEqual(['state-unreadable-file']);
  });

  test('whose sandbox is at work is left alone', async () => {
    await host.sh('rm /run/dan/attachments/*.json');
    const { stdout } = await host.run('sh', ['-c', 'flock /run/dan/locks/sandbox-* /usr/lib/cni/dan doctor --json']);
    const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
    expect(findings.filter(({ id }) => id.startsWith('state-'))).toEqual([]);
  });

  test('whose files others may read, in a directory that others may write to', async () => {
    await host.sh(`chmod 644 ${file}; chmod 777 /run/kata-containers/dans`);
    const { findings } = await diagnose(host, area);
    expect(findings.map(({ id }) => id)).toEqual(['state-directory', 'state-mode']);
    for (const { cure } of findings) await host.sh(cure.replaceAll('"', ''));
    expect(await foundIn(host, area)).toEqual(['state-mode']);
  });
});
