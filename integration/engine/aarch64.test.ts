import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { Host } from '../harness/host.ts';
import { callPlugin, executable, type Program } from '../harness/plugin.ts';

const built = fileURLToPath(new URL('../../dist/dan-aarch64', import.meta.url));
const readyConfiguration = fileURLToPath(new URL('../../cni-conf/host-tap.conflist', import.meta.url));
const emulated: Program = ['qemu-aarch64', built];

// qemu-user supports dan's use of files and programs, and requests for links. It does not pass on the request for the
// addresses of a namespace ("Operation not supported"), so an ADD fails there: it is refused, and leaves nothing.
describe('the executable for AArch64, emulated', () => {
  let host: Host;
  let netns: string;
  beforeAll(async () => {
    host = await Host.create();
    await makeBridge(host);
    netns = await host.podNetns('pod');
    await writeFile(`${host.directory}/network.json`, JSON.stringify(networkConfig()));
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const said = async ([program, ...args]: Program, words: readonly string[]): Promise<unknown> =>
    await host.run(program, [...args, ...words]);

  it('is an executable for AArch64', async () => {
    expect(await host.sh(`readelf --file-header ${built}`)).toMatch(/Machine: +AArch64/);
  });

  it('answers VERSION as the one for x86-64 does', async () => {
    const config = { cniVersion: '1.0.0' };
    const answer = await callPlugin(host, { command: 'VERSION', config, program: emulated });
    expect(answer).toEqual(await callPlugin(host, { command: 'VERSION', config, program: [executable] }));
  });

  it.each([
    ['--version', ['--version']],
    ['--help', ['--help']],
    ['explain', ['explain', 'bridge-missing']],
    ['validate', ['validate', readyConfiguration]],
    ['schema', ['schema']],
    ['list', ['list']],
    ['completion', ['completion', 'bash']],
  ])('prints for %s what the one for x86-64 does', async (_, words) => {
    expect(await said(emulated, words)).toEqual(await said([executable], words));
  });

  it('plans an ADD as the one for x86-64 does', async () => {
    const words = ['plan', `${host.directory}/network.json`];
    const planned = await said(emulated, words);
    expect(planned).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('ip tuntap add') });
    expect(planned).toEqual(await said([executable], words));
  });

  it.each<[string, object | string]>([
    ['a configuration that is no JSON', '{'],
    ['an unknown key', networkConfig({ bridgee: 'br0' })],
    ['a bad MAC', networkConfig({ mac: '01:00:00:00:00:00' })],
    ['a value that the profile cannot carry', networkConfig({ runtime: 'runtime-rs-3', routes: [{ dst: '::1' }] })],
  ])('refuses an ADD for %s as the one for x86-64 does', async (_, config) => {
    const { exitCode, json } = await callPlugin(host, { command: 'ADD', config, netns, program: emulated });
    const wanted = await callPlugin(host, { command: 'ADD', config, netns, program: [executable] });
    expect({ exitCode, json }).toEqual({ exitCode: wanted.exitCode, json: wanted.json });
    expect(exitCode).toBe(1);
  });

  it('leaves nothing of an ADD that the emulator cannot carry out', async () => {
    const config = networkConfig();
    const { json } = await callPlugin(host, { command: 'ADD', config, netns, program: emulated });
    expect(json).toMatchObject({ code: expect.any(Number), msg: expect.any(String) });
    expect(json).not.toMatchObject({ code: 999 });
    expect(await host.sh('ip -br link show type tun; [ ! -e /run/dan/attachments ] || ls /run/dan/attachments')).toBe(
      '',
    );
  });
});
