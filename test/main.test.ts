import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, Script } from 'node:vm';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as bytes from '../src/bytes/node.ts';

// The build evaluates the modules of the executable once. What they would read of a call then would come from the
// build's environment.

describe('the modules of the plugin', () => {
  let code: string;
  const directory = mkdtempSync(join(tmpdir(), 'dan-main-'));

  beforeAll(async () => {
    const bundle = await rolldown({
      input: 'src/main.ts',
      platform: 'neutral',
      resolve: { conditionNames: ['dan-native', 'import', 'default'] },
      // The command line's code is loaded when it is used.
      external: /cli\/run\.ts$/,
    });
    const file = join(directory, 'main.js');
    await bundle.write({ file, format: 'iife', name: 'dan' });
    code = readFileSync(file, 'utf8');
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  /** Evaluates them where nothing of a call can be read, and returns the functions of `native` that were called. */
  function evaluate(script: string): readonly string[] {
    const called: string[] = [];
    const refuse = (name: string) => (): never => {
      throw new Error(`${name} was used while modules were evaluated`);
    };
    const functions = (allowed: readonly string[], more: object = {}): object =>
      new Proxy(more, {
        get: (of, name) => {
          if (name in of) return Reflect.get(of, name) as unknown;
          return (...args: unknown[]) => {
            called.push(String(name));
            if (!allowed.includes(String(name))) refuse(`native.${String(name)}`)();
            return args.length;
          };
        },
      });
    const context = createContext({
      native: functions(['onStart', 'onRejection'], { bytes: { ...bytes } }),
    });
    new Script(
      'Math.random = () => { throw new Error("random"); }; Date = class { constructor() { throw new Error("time"); } };',
    ).runInContext(context);
    new Script(script).runInContext(context);
    return called;
  }

  it('are evaluated without reading anything of a call', () => {
    expect(evaluate(code)).toContain('onStart');
  });

  it.each([
    ['the environment', 'native.environ()'],
    ['the words', 'native.argv()'],
    ['the process', 'native.getpid()'],
    ['a file', 'native.open("/", 0, 0)'],
    ['the time', 'new Date()'],
    ['chance', 'Math.random()'],
    ['what only Node has', 'process.env'],
  ])('could not read %s', (_, reading) => {
    expect(() => evaluate(`${code}\n${reading}`)).toThrow();
  });
});
