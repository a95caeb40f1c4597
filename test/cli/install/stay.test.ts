import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../../src/command/command.ts';
import { runLine } from '../../../src/cli/run.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';
import { type Ended, MadeUpNode } from './made-up-node.ts';

const stays = 'dan stays until SIGTERM, SIGINT or SIGHUP comes.\n';

/** A command that was started, and what ends it. */
interface Started {
  readonly ended: Promise<Ended>;
  /** Comes true when it says that it stays. */
  readonly staying: Promise<void>;
  readonly interruption: Interruption;
}

function start(node: MadeUpNode, ...line: readonly string[]): Started {
  const interruption = new Interruption();
  const told = { stdout: '', stderr: '' };
  const [command = '', ...words] = line;
  let say = (): void => undefined;
  const staying = new Promise<void>((resolve) => (say = resolve));
  const usual = node.terminal(told);
  const terminal: Terminal = {
    ...usual,
    print: (text) => {
      usual.print(text);
      if (text === stays) say();
    },
    untilInterrupted: () => interruption,
  };
  const ended = runLine([command, '--root', node.root, ...words], terminal).then((exitCode) => ({ exitCode, ...told }));
  return { ended, staying, interruption };
}

describe('--wait', () => {
  it.each(['install', 'uninstall'] as const)('dan %s does its work, stays, and ends with 0', async (command) => {
    using node = new MadeUpNode();
    if (command === 'uninstall') await node.run('install');
    const { ended, staying, interruption } = start(node, command, '--wait');
    await staying;
    expect('/opt/cni/bin/dan' in node.everything()).toBe(command === 'install');
    interruption.interrupt('SIGTERM');
    expect(await ended).toEqual({
      exitCode: 0,
      stdout: expect.stringMatching(/\nAll is done\.\ndan stays until .*\.\ndan ends: SIGTERM came\.\n$/),
      stderr: '',
    });
  });

  it('a signal that comes while it works ends it when all is done', async () => {
    using node = new MadeUpNode();
    const { ended, interruption } = start(node, 'install', '--wait');
    interruption.interrupt('SIGINT');
    expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('dan ends: SIGINT came.\n') });
    expect(node.everything()).toHaveProperty(['/opt/cni/bin/dan']);
  });

  it('with --json, standard output is the plan alone', async () => {
    using node = new MadeUpNode();
    const { ended, interruption } = start(node, 'install', '--wait', '--json');
    interruption.interrupt('SIGHUP');
    expect(JSON.parse((await ended).stdout)).toMatchObject({ outcome: 'done' });
  });

  it('what was refused does not stay', async () => {
    using node = new MadeUpNode();
    const { ended } = start(node, 'install', '--config', 'host-tap', '--wait');
    expect(await ended).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/\nNothing was changed\.\n$/) });
  });

  it('what failed does not stay', async () => {
    using node = new MadeUpNode({ '/opt': 'a file' });
    const { ended } = start(node, 'install', '--wait');
    expect(await ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('io-failure') });
  });

  it.each(['install', 'uninstall'] as const)('dan %s: together with --dry-run it is wrong use', async (command) => {
    using node = new MadeUpNode();
    const { ended } = start(node, command, '--wait', '--dry-run');
    expect(await ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('leave one of them out') });
  });
});
