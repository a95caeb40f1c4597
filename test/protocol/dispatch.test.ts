import { describe, expect, it } from 'vitest';

import type { Command } from '../../src/protocol/environment.ts';
import { CniError, protocolError } from '../../src/protocol/error.ts';
import { inputLimit } from '../../src/protocol/input.ts';
import { Interruption } from '../../src/protocol/interruption.ts';
import { supportedVersions } from '../../src/protocol/version.ts';
import { call, emptyResult, networkOf, operationCommands, variables } from './calls.ts';

/** The versions in which each command exists. */
const versionsOf = {
  ADD: supportedVersions,
  DEL: supportedVersions,
  CHECK: ['0.4.0', '1.0.0', '1.1.0'],
  STATUS: ['1.1.0'],
  GC: ['1.1.0'],
} as const satisfies Record<(typeof operationCommands)[number], readonly string[]>;

const every = operationCommands.flatMap((command) => supportedVersions.map((version) => [command, version] as const));
const existing = every.filter(([command, version]) => versionsOf[command].some((known) => known === version));
const missing = every.filter((pair) => !existing.includes(pair));

describe('dispatch', () => {
  it.each(existing)('runs %s of CNI %s, and only that', async (command, version) => {
    const { reply, document, ran } = await call({ command, input: networkOf(version) });
    expect(ran.map(({ operation }) => operation)).toEqual([command]);
    expect(reply.exitCode).toBe(0);
    expect(reply.stdout === '').toBe(command !== 'ADD');
    expect(document['cniVersion']).toBe(command === 'ADD' ? version : undefined);
  });

  it.each(missing)('refuses %s of CNI %s, which does not know it', async (command, version) => {
    const { reply, document, ran } = await call({ command, input: networkOf(version) });
    expect(ran).toEqual([]);
    expect(reply.exitCode).toBe(1);
    expect(document).toMatchObject({ cniVersion: version, code: 1 });
    expect(document['msg']).toContain(`${command} exists from CNI ${versionsOf[command][0]} on`);
  });

  const unknownVersions = ['0.1.0', '0.2.0', undefined, null, '', '0.3', '1.2.0', 'v1.0.0', '1.0.0 ', 1, ['1.0.0']];
  const withUnknown = (commands: readonly Command[]): readonly (readonly [Command, unknown])[] =>
    commands.flatMap((command) => unknownVersions.map((version) => [command, version] as const));

  it.each(withUnknown(['ADD', 'CHECK', 'STATUS']))('refuses %s with cniVersion %j', async (command, version) => {
    const { reply, document, ran } = await call({ command, input: networkOf(version) });
    expect(ran).toEqual([]);
    expect(reply.exitCode).toBe(1);
    expect(document).toMatchObject({ cniVersion: '1.1.0', code: 1 });
    expect(document['msg']).toContain(JSON.stringify(version ?? '0.1.0'));
    expect(document['msg']).toContain('dan speaks 0.3.0, 0.3.1, 0.4.0, 1.0.0, 1.1.0');
  });

  it.each(withUnknown(['DEL', 'GC']))('runs %s with cniVersion %j, as the newest version', async (command, version) => {
    const { reply, ran } = await call({ command, input: networkOf(version) });
    expect(reply).toEqual({ exitCode: 0, stdout: '' });
    expect(ran).toMatchObject([{ operation: command, request: { input: { cniVersion: '1.1.0', name: 'kata-net' } } }]);
  });

  // A runtime repeats DEL with the same input until it succeeds.
  it.each([
    ['nothing', '', ''],
    ['no JSON', '{"name": ', ''],
    ['a list', '[]', ''],
    ['null', 'null', ''],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe]), ''],
    ['no name', { cniVersion: '1.0.0' }, ''],
    ['a bad name', { ...networkOf('1.0.0'), name: '../x' }, ''],
    ['a name that is no text', { ...networkOf('1.0.0'), name: 7 }, ''],
    ['more than the limit', `{"name": "kata-net", "pad": "${'x'.repeat(inputLimit)}`, ''],
    ['a key twice', '{"name": "kata-net", "name": "kata-net"}', 'kata-net'],
    ['a prevResult that is a list', { ...networkOf('1.0.0'), prevResult: [1] }, 'kata-net'],
    ['a prevResult that is text', { ...networkOf('1.0.0'), prevResult: 'x' }, 'kata-net'],
    ['a prevResult of another version', { ...networkOf('1.0.0'), prevResult: { cniVersion: '0.2.0' } }, 'kata-net'],
  ])('runs DEL with %s on stdin', async (_what, input, name) => {
    const { reply, ran } = await call({ command: 'DEL', input });
    expect(reply).toEqual({ exitCode: 0, stdout: '' });
    expect(ran).toMatchObject([{ operation: 'DEL', request: { input: { name } } }]);
  });

  it.each(['a'.repeat(16), '../../x', '..', 'a b'])(
    'has nothing to do in a DEL of an interface %j, with which no ADD succeeds',
    async (ifname) => {
      const changed = { ...variables, CNI_IFNAME: ifname };
      expect(await call({ command: 'DEL', variables: changed })).toMatchObject({ reply: { exitCode: 0 }, ran: [] });
      for (const command of ['ADD', 'CHECK'] as const) {
        expect(await call({ command, variables: changed })).toMatchObject({ reply: { exitCode: 1 }, ran: [] });
      }
    },
  );

  it('hands DEL no version that an IPAM plugin could not have, and a prevResult only if it is an object', async () => {
    const documentFor = async (more: object): Promise<unknown> =>
      (await call({ command: 'DEL', input: { ...networkOf('9.9.9'), key: [1], ...more } })).ran[0]?.request.input
        .document;
    const document = { ...networkOf('1.1.0'), key: [1] };
    expect(await documentFor({ prevResult: [] })).toEqual(document);
    expect(await documentFor({ prevResult: { ips: [] } })).toEqual({ ...document, prevResult: { ips: [] } });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['no name', { cniVersion: '1.1.0' }],
  ])('refuses GC with %s on stdin: what is in use is not known', async (_what, input) => {
    const { reply, ran } = await call({ command: 'GC', input });
    expect([reply.exitCode, ran]).toEqual([1, []]);
  });

  it('hands an operation the environment, the variables as they came, and the whole configuration', async () => {
    const input = { ...networkOf('1.0.0'), bridge: 'br0', nested: { key: [1] } };
    const { ran } = await call({ input, variables: { ...variables, CNI_ARGS: 'A=b', OTHER: 'kept' } });
    expect(ran[0]?.request).toEqual({
      environment: {
        command: 'ADD',
        containerId: 'sandbox-1',
        ifname: 'eth0',
        netns: '/run/netns/pod',
        args: new Map([['A', 'b']]),
        path: ['/opt/cni/bin'],
        netnsOverride: false,
      },
      variables: { CNI_COMMAND: 'ADD', ...variables, CNI_ARGS: 'A=b', OTHER: 'kept' },
      input: { cniVersion: '1.0.0', name: 'kata-net', document: input },
      interrupted: expect.any(Interruption),
    });
  });

  it('prints one document on one line', async () => {
    const { reply } = await call({});
    expect(reply.stdout).toBe(`${JSON.stringify({ cniVersion: '1.1.0', ...emptyResult })}\n`);
  });
});

describe('VERSION', () => {
  const neverCalled = (): never => {
    throw new Error('VERSION is no operation');
  };

  it.each([
    ['a configuration', networkOf('0.4.0'), '0.4.0'],
    ['a version that is not supported', { cniVersion: '9.9.9' }, '9.9.9'],
    ['a version that is no text', { cniVersion: 1 }, '1.1.0'],
    ['no version', {}, '1.1.0'],
    ['an empty input', '', '1.1.0'],
    ['a list', '[]', '1.1.0'],
    ['null', 'null', '1.1.0'],
    ['no JSON', '{"cniVersion": ', '1.1.0'],
    ['no UTF-8', new Uint8Array([0xff, 0xfe]), '1.1.0'],
    ['more than the limit', `{"pad": "${'x'.repeat(1024 * 1024)}"}`, '1.1.0'],
  ])('is answered for %s, without an operation', async (_what, input, cniVersion) => {
    const { reply, document } = await call({
      command: 'VERSION',
      variables: { CNI_CONTAINERID: '-', CNI_NETNS: 'dummy', CNI_IFNAME: '../..', CNI_ARGS: '=' },
      input,
      beforeOperation: neverCalled,
    });
    expect(reply.exitCode).toBe(0);
    expect(document).toEqual({ cniVersion, supportedVersions: ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] });
  });
});

describe('the error document', () => {
  const failWith = (error: unknown) => () => {
    throw error;
  };

  it.each(supportedVersions)('speaks the version of the configuration, %s', async (version) => {
    const outcome = failWith(protocolError('try-again-later', 'the lock is held'));
    const { reply, document } = await call({ input: networkOf(version), outcome });
    expect(reply.exitCode).toBe(1);
    expect(reply.stdout.endsWith('}\n')).toBe(true);
    expect(document).toEqual({ cniVersion: version, code: 11, msg: 'the lock is held [try-again-later]' });
  });

  it('carries details where there are any, in order, and keeps code, name and message', async () => {
    const error = protocolError('io-failure', 'no room', 'first').withDetails(['second', '', 'third']);
    const { document } = await call({ outcome: failWith(error) });
    expect(document).toEqual({
      cniVersion: '1.1.0',
      code: 5,
      msg: 'no room [io-failure]',
      details: 'first; second; third',
    });
    expect(protocolError('io-failure', 'no room').withDetails([]).details).toBeUndefined();
  });

  it("passes another program's code on", async () => {
    const { document } = await call({ outcome: failWith(new CniError('ipam-plugin-error', 117, 'no addresses')) });
    expect(document).toMatchObject({ code: 117, msg: 'no addresses [ipam-plugin-error]' });
  });

  // go-cni takes these words in a DEL's error to mean that it is done.
  it('of DEL never says "not found" or "no such file or directory", whoever said it', async () => {
    const error = new CniError('x', 5, 'conf: no such file or directory; not found', 'not found, not found');
    const { document } = await call({ command: 'DEL', outcome: failWith(error) });
    expect(document).toMatchObject({
      msg: 'conf: no such file/directory; not-found [x]',
      details: 'not-found, not-found',
    });
    const { document: ofAdd } = await call({ outcome: failWith(error) });
    expect(ofAdd['msg']).toBe('conf: no such file or directory; not found [x]');
  });

  it.each([
    ['an Error', new TypeError('x is not a function'), 'TypeError: x is not a function at a.ts:1'],
    ['a string', 'oops', 'oops'],
    ['nothing at all', undefined, 'undefined'],
  ])('is 999 for a bug that throws %s', async (_what, thrown, details) => {
    const { reply, document } = await call({ command: 'DEL', input: networkOf('1.0.0'), outcome: failWith(thrown) });
    expect(reply.exitCode).toBe(1);
    expect(document).toMatchObject({ cniVersion: '1.0.0', code: 999 });
    expect(document['msg']).toMatch(/\[internal-error\]$/);
    expect(document['details']).toContain(details);
  });

  it.each([
    ['has memory for it', Object.assign(new Error('out of memory'), { name: 'InternalError' })],
    [
      'ran a regular expression',
      Object.assign(new Error('out of memory in regexp execution'), { name: 'InternalError' }),
    ],
    ['has none left', null],
  ])('is 147 for the error by which an engine that %s says that memory has run out', async (_what, thrown) => {
    const { reply, document } = await call({ outcome: failWith(thrown) });
    expect(reply.exitCode).toBe(1);
    expect(document).toMatchObject({ code: 147, msg: expect.stringMatching(/48 MiB .* \[too-much-memory\]$/) });
    expect(document).not.toHaveProperty('details');
  });

  it('is 999 if what comes before an operation fails, and there is no operation', async () => {
    const beforeOperation = (): never => {
      throw new Error('no such signal');
    };
    const { document, ran } = await call({ beforeOperation });
    expect(document).toMatchObject({ code: 999, details: expect.stringContaining('no such signal') });
    expect(ran).toEqual([]);
  });
});
