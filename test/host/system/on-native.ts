import { utf8 } from '#bytes';
import { system } from '#system';
import { run } from '../../../src/host/command.ts';
import { writeAll } from '../../../src/host/files.ts';
import { fileSituations } from './file-situations.ts';
import { otherSituations } from './other-situations.ts';
import { runSituations } from './run-situations.ts';
import { seeAll, type Situations } from './seen.ts';
import { startSituations } from './start-situations.ts';

// Bundled for the executable's host. Its argument is a directory in which a process listens at `socket`; it prints what
// it saw in each situation. With more arguments, it is a process that does what they say.

const sets: Readonly<Record<string, () => Situations>> = {
  files: () => fileSituations(system),
  others: () => otherSituations(system),
  run: () => runSituations(system, run),
  start: () => startSituations(system),
};

/** What only a whole process shows. */
const deeds: Readonly<Record<string, (rest: readonly string[]) => Promise<void> | void>> = {
  args: (rest) => {
    print({ rest, variables: system.environment()['DAN_TEST'], directory: system.getcwd() });
    system.exit(0);
  },
  signals: () => {
    const came: string[] = [];
    system.onSignal(['SIGHUP', 'SIGINT', 'SIGTERM'], (signal) => {
      came.push(signal);
      print({ pid: system.getpid(), came });
      if (signal === 'SIGTERM') system.exit(3);
    });
    print({ pid: system.getpid(), came });
    // Something in progress.
    system.startTimer(30_000, () => undefined);
  },
  thrown: () => {
    system.onUncaught(endWith);
    system.startTimer(1, () => {
      throw new Error('thrown');
    });
  },
  rejected: () => {
    system.onUncaught(endWith);
    void Promise.reject(new Error('rejected'));
  },
  'rejected and handled': async () => {
    system.onUncaught(endWith);
    const rejected = Promise.reject(new Error('rejected'));
    await Promise.resolve();
    print({ seen: await rejected.catch((error: unknown) => String(error)) });
  },
  trace: () => {
    try {
      throwOne();
    } catch (error) {
      print({ trace: error instanceof Error ? system.trace(error) : error });
      system.exit(0);
    }
  },
  memory: (rest) => {
    // Blocks of all sizes until the host's own memory has been used up several times; each must keep its content.
    let state = Number(rest[0]);
    const kept: { readonly bytes: Uint8Array; readonly mark: number }[] = [];
    let wrong = 0;
    for (let turn = 0; turn < 40_000; turn += 1) {
      state = (state * 1_103_515_245 + 12_345) % 0x8000_0000;
      const bytes = new Uint8Array(state % (turn % 50 === 0 ? 40_000 : 400));
      bytes.fill(turn & 0xff);
      kept.push({ bytes, mark: turn & 0xff });
      const [oldest] = kept.length > 300 ? kept.splice(state % 300, 1) : [];
      if (oldest?.bytes.some((byte) => byte !== oldest.mark) === true) wrong += 1;
    }
    print({ wrong });
    system.exit(0);
  },
  'no memory': () => {
    // Nobody is there to be told.
    const kept: Uint8Array[] = [];
    for (;;) kept.push(new Uint8Array(1024 * 1024));
  },
  'nothing left': () => {
    system.onUncaught(endWith);
    system.startTimer(1, () => undefined);
  },
  'nothing more': () => {
    const timer = system.startTimer(30_000, () => undefined);
    system.startTimer(1, () => {
      timer.cancel();
      print({ is: 'the end' });
    });
  },
};

function throwOne(): never {
  throw new Error('traced');
}

function endWith(error: unknown): void {
  print({ uncaught: String(error) });
  system.exit(4);
}

function print(seen: unknown): void {
  writeAll(1, utf8(`${JSON.stringify(seen)}\n`));
}

async function main([directory = '', deed, ...rest]: readonly string[]): Promise<void> {
  if (deed !== undefined) {
    await deeds[deed]?.(rest);
    return;
  }
  const seen: Record<string, unknown> = {};
  for (const [name, situationsOf] of Object.entries(sets)) {
    seen[name] = await seeAll(system, situationsOf(), `${directory}/${name}-`);
  }
  print(seen);
  system.exit(0);
}

system.onStart(() => {
  void main(system.args());
});
