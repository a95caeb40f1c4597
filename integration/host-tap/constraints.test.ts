import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { constraints } from './constraints.ts';
import { bridgeIdentity, makeBridge, networkConfig } from './network.ts';

describe('what cannot work is refused before anything is made, and DEL succeeds all the same', () => {
  let host: Host;
  let netns: string;
  let before: readonly string[];
  let bridge: string;

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    before = await traces(host);
    bridge = await bridgeIdentity(host);
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  test.each(constraints)('$what', async ({ config = {}, call = {}, code, says }) => {
    const asked = { netns, config: networkConfig(config), ...call };
    const added = await callPlugin(host, { ...asked, command: 'ADD' });
    expect(added).toMatchObject({ exitCode: 1, json: { code } });
    for (const text of says) expect(added.json['msg']).toContain(text);
    expect(await traces(host)).toEqual(before);

    const deleted = await callPlugin(host, { ...asked, command: 'DEL' });
    expect(deleted.exitCode, deleted.stdout).toBe(0);
    expect(await traces(host)).toEqual(before);
    expect(await bridgeIdentity(host)).toBe(bridge);
  });
});
