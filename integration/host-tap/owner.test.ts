import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { callPlugin } from '../harness/plugin.ts';
import { type Opened, openTapAs } from '../reader/open-tap-as.ts';
import { networkConfig } from './network.ts';

const user = 4321;
const group = 8765;

describe('who may open the tap', () => {
  let host: Host;
  let netns: string;

  beforeAll(async () => {
    host = await Host.create();
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const tryOpen = async (settings: object, uid: number, gid: number): Promise<Opened> => {
    const config = networkConfig({ bridge: null, ...settings });
    const { json, exitCode, stdout } = await callPlugin(host, { command: 'ADD', config, netns });
    expect(exitCode, stdout).toBe(0);
    const [tap] = json['interfaces'] as { name: string }[];
    try {
      return await openTapAs(host, uid, gid, tap?.name ?? '', Number(config['queues'] ?? 1));
    } finally {
      await callPlugin(host, { command: 'DEL', config });
    }
  };
  const refused = { opened: false, reason: expect.stringContaining('Operation not permitted') };

  test('nobody but root by default', async () => {
    expect(await tryOpen({}, user, group)).toEqual(refused);
  });
  test('"owner": that user, and no other', async () => {
    expect(await tryOpen({ owner: user }, user, group)).toEqual({ opened: true });
    expect(await tryOpen({ owner: user }, user + 1, group)).toEqual(refused);
  });
  test('"group": any user of that group, and no other', async () => {
    expect(await tryOpen({ group }, user, group)).toEqual({ opened: true });
    expect(await tryOpen({ group }, user, group + 1)).toEqual(refused);
  });
  test('both: both must match', async () => {
    expect(await tryOpen({ owner: user, group }, user, group)).toEqual({ opened: true });
    expect(await tryOpen({ owner: user, group }, user, group + 1)).toEqual(refused);
    expect(await tryOpen({ owner: user, group }, user + 1, group)).toEqual(refused);
  });
  test('all queues of a multi-queue tap', async () => {
    expect(await tryOpen({ owner: user, queues: 2 }, user, group)).toEqual({ opened: true });
  });
});
