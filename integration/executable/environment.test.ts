import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Host } from '../harness/host.ts';
import { type Answer, callPlugin, executable, type Program } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';

/** Variables that other runtimes, C libraries and builds of this executable would obey. */
const orders = [
  'BUN_BE_BUN=1',
  'BUN_OPTIONS=--preload=/nowhere.ts',
  'BUN_INSPECT=ws://127.0.0.1:6499/x',
  'BUN_INSPECT_PRELOAD=/nowhere.ts',
  'BUN_JSC_dumpOptions=2',
  'NODE_OPTIONS=--require=/nowhere.js',
  'NODE_PATH=/nowhere',
  'NODE_DEBUG=fs',
  'NODE_EXTRA_CA_CERTS=/nowhere',
  'LD_PRELOAD=/nowhere.so',
  'LD_LIBRARY_PATH=/nowhere',
  'LD_AUDIT=/nowhere.so',
  'LD_DEBUG=all',
  'GLIBC_TUNABLES=glibc.malloc.check=3',
  'QJS_OPTIONS=--dump',
  'QUICKJS_MEMORY_LIMIT=1',
  'HR_TOUCHED=/nowhere',
  'MALLOC_CHECK_=3',
  'TZ=/nowhere',
  'LANG=tr_TR.UTF-8',
  'DAN_QUICKJS=/nowhere',
] as const;

const commands = ['VERSION', 'STATUS', 'ADD', 'CHECK', 'DEL', 'GC'] as const;

describe('the environment of a call', () => {
  let host: Host;
  let netns: string;

  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  /** The output of each call in an attachment's life, and what it leaves on the node. */
  async function life(program: Program): Promise<readonly unknown[]> {
    const seen: unknown[] = [];
    let added: Answer['json'] = {};
    for (const command of commands) {
      const config = { ...networkConfig(), ...(command === 'CHECK' ? { prevResult: added } : {}) };
      const garbage = command === 'GC' ? { 'cni.dev/valid-attachments': [] } : {};
      const answer = await callPlugin(host, { command, config: { ...config, ...garbage }, netns, program });
      if (command === 'ADD') added = answer.json;
      const files = await host.sh('cat /run/kata-containers/dans/* 2>/dev/null || true');
      const { exitCode, stdout, stderr } = answer;
      const log = stderr.replace(/"(time|durationMs)":[^,}]*/g, '');
      seen.push({ command, exitCode, stdout, log, files, traces: await traces(host) });
    }
    return seen;
  }

  it('gives no orders that another runtime would obey: every command does and prints the same', async () => {
    const plain = await life([executable]);
    expect(plain).toMatchObject(commands.map((command) => ({ command, exitCode: 0 })));
    expect(await life(['env', ...orders, executable])).toEqual(plain);
  });
});
