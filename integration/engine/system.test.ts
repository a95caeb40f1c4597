import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { execa } from 'execa';
import { isSoak } from '../harness/effort.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProcess, seeProcess } from '../../test/host/system/describe-process.ts';
import { echoAt, listenAt } from '../../test/host/system/test-situations.ts';
import { wantedOfFiles, wantedOfOthers, wantedOfRun, wantedOfStart } from '../../test/host/system/wanted.ts';
import { buildForHost } from './programs.ts';

describe('the system of the executable', () => {
  let program: string;
  let directory: string;
  const servers: Server[] = [];
  beforeAll(async () => {
    program = await buildForHost('test/host/system/on-native.ts', 'system');
    directory = mkdtempSync(`${tmpdir()}/dan-system-`);
    servers.push(await listenAt(`${directory}/socket`), await echoAt(`${directory}/echo`));
  });
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(directory, { recursive: true });
  });

  it('is in every situation what the one of Node is', async () => {
    const { stdout } = await execa(program, [directory]);
    const { files, others, run, start } = JSON.parse(stdout) as Readonly<Record<string, unknown>>;
    expect(files).toEqual(wantedOfFiles);
    expect(others).toEqual(wantedOfOthers);
    expect(run).toEqual(wantedOfRun);
    expect(start).toEqual(wantedOfStart);
  });

  describeProcess(() => [program]);

  it('tells of a bug where nothing is left to wait for', async () => {
    const uncaught = 'Error: nothing is left to wait for, and dan has not ended';
    expect(await seeProcess([program], ['nothing left'])).toEqual({ exitCode: 4, seen: [{ uncaught }] });
  });

  it('says where in the TypeScript sources an error was thrown', async () => {
    const { seen } = await seeProcess([program], ['trace']);
    const source = readFileSync(new URL('../../test/host/system/on-native.ts', import.meta.url), 'utf8');
    const line = source.split('\n').findIndex((one) => one.includes("new Error('traced')")) + 1;
    expect(seen).toEqual([{ trace: expect.stringContaining(`at throwOne (test/host/system/on-native.ts:${line})`) }]);
  });

  it.each(isSoak ? ['1', '2', '3', '4', '5'] : ['1', '2', '3'])(
    'keeps apart what it has in memory, by seed %s',
    async (seed) => {
      expect(await seeProcess([program], ['memory', seed])).toEqual({ exitCode: 0, seen: [{ wrong: 0 }] });
    },
  );

  it('ends with one error document where it has no memory left to say more', async () => {
    const { stdout, exitCode } = await execa(program, ['/tmp', 'no memory'], { reject: false });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ code: 999, msg: expect.stringContaining('memory') });
  });
});
