import { expect, it } from 'vitest';
import { runLine } from '../../../src/cli/run.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';
import { MadeUpNode } from './made-up-node.ts';

it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
  'dan wait touches nothing, says that it waits, and ends with 0 at %s',
  async (signal) => {
    using node = new MadeUpNode();
    const interruption = new Interruption();
    const told = { stdout: '', stderr: '' };
    const usual = node.terminal(told);
    let say = (): void => undefined;
    const waits = new Promise<void>((resolve) => (say = resolve));
    const print = (text: string): void => {
      usual.print(text);
      say();
    };
    const ended = runLine(['wait'], { ...usual, print, untilInterrupted: () => interruption });
    await waits;
    expect(told.stdout).toBe('dan waits until SIGTERM, SIGINT or SIGHUP comes.\n');
    interruption.interrupt(signal);
    expect(await ended).toBe(0);
    expect(told).toEqual({ stdout: expect.stringMatching(`\ndan ends: ${signal} came\\.\n$`), stderr: '' });
    expect(node.everything()).toEqual({});
  },
);
