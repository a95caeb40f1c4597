import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { type Command, exitCodes, type Terminal } from '../../../src/command/command.ts';
import { kataNetworkCommands } from '../../../src/kata-network/commands.ts';
import { helpFor } from '../../../src/cli/help.ts';
import { answer, logTo } from '../../../src/kata-network/commands/answer.ts';
import { inputLimit } from '../../../src/protocol/input.ts';

const directory = mkdtempSync(join(tmpdir(), 'dan-kata-network-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

class Screen {
  out = '';
  err = '';
  readonly terminal: Terminal;

  constructor(input: string | Uint8Array = '') {
    this.terminal = {
      print: (text) => (this.out += text),
      warn: (text) => (this.err += text),
      readInput: () => (typeof input === 'string' ? new TextEncoder().encode(input) : input),
      colours: false,
      directory,
      executable: undefined,
    };
  }
}

function commandNamed(name: string): Command {
  const command = kataNetworkCommands.find((one) => one.name === `kata-network ${name}`);
  if (command === undefined) throw new Error(`no command ${name}`);
  return command;
}

/** Runs a command that fails because of its input, which it reads before it looks at the node. */
async function fails(name: string, input: string | Uint8Array, file?: string) {
  const screen = new Screen(input);
  const words = {
    arguments: file === undefined ? ['sandbox-1'] : ['sandbox-1', file],
    switches: new Set<string>(),
    values: new Map(),
  };
  const run = await commandNamed(name).load();
  const error: unknown = await Promise.resolve(run(words, screen.terminal, [])).catch((thrown: unknown) => thrown);
  return { error, out: screen.out };
}

describe.each([
  ['add-iface', 'null\n'],
  ['del-iface', '{}\n'],
  ['add-route', 'null\n'],
  ['del-route', 'null\n'],
])('%s', (name, instead) => {
  it.each([
    ['nothing', '', 'it is empty'],
    ['white space', ' \n', 'it is empty'],
    // The first example of the interface list lacks the comma before its last key.
    ['half of it', '{"hwAddr":"02:42:20:6f:a2:80"\n"vhostUserSocket":"/v"}', 'cannot be read'],
    ['a key twice', '{"name":"eth1","name":"eth2"}', 'the key "name" twice'],
    ['more than one', '{} {}', 'cannot be read'],
    ['no object', '"eth1"', 'object'],
    ['null', 'null', 'object'],
    ['bytes that are no text', new Uint8Array([0x7b, 0xff, 0x7d]), 'UTF-8'],
    ['too much', new Uint8Array(inputLimit + 1).fill(0x20), `more than ${inputLimit} bytes`],
  ])('says what is wrong with what came on stdin: %s', async (_what, input, why) => {
    for (const file of [undefined, '-']) {
      const { error, out } = await fails(name, input, file);
      expect(error).toMatchObject({ name: 'undecodable-input', message: expect.stringContaining(why) });
      expect(out).toBe(instead);
    }
  });

  it('reads a file of the directory that it is started in', async () => {
    writeFileSync(join(directory, `${name}.json`), '{"nonsense":1}');
    const { error, out } = await fails(name, '{"other":1}', `${name}.json`);
    expect(error).toMatchObject({ name: 'invalid-configuration' });
    expect(out).toBe(instead);
    const missing = await fails(name, '{}', 'missing.json');
    expect(missing).toMatchObject({ out: instead, error: { name: 'io-failure' } });
  });
});

describe.each(['add-route', 'del-route'])('%s takes a list', (name) => {
  it.each(['[]', '[{}, 7]', '[[]]'])('of routes, and not %s', async (input) => {
    expect(await fails(name, input)).toMatchObject({ out: 'null\n', error: { name: 'undecodable-input' } });
  });
});

describe('an answer', () => {
  it('is one line of compact JSON', async () => {
    const screen = new Screen();
    const code = await answer(screen.terminal, () => Promise.resolve([{ a: 1 }]));
    expect([code, screen.out]).toEqual([exitCodes.fine, '[{"a":1}]\n']);
  });

  it('of a list that is empty is null', async () => {
    const screen = new Screen();
    await answer(screen.terminal, () => []);
    expect(screen.out).toBe('null\n');
  });

  it('has on stderr what the operator should know, and nothing else', () => {
    const screen = new Screen();
    const log = logTo(screen.terminal);
    log('info', 'something');
    log('debug', 'something');
    expect(screen.err).toBe('');
    log('warn', 'a tap is down\u001b[2J', { link: 'tap0' });
    log('error', 'it failed');
    expect([screen.out, screen.err]).toEqual(['', 'dan: a tap is down\\u001b[2J {"link":"tap0"}\ndan: it failed\n']);
  });
});

describe.each(kataNetworkCommands)('$name', (command) => {
  it('has help with an example', () => {
    const help = helpFor(command);
    expect(help).toContain(`Usage: dan ${command.name} `);
    for (const { line } of command.examples) expect(help).toContain(line);
    expect(command.examples.length).toBeGreaterThan(0);
  });
});
