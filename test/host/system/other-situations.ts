import { utf8 } from '#bytes';
import type { System } from '../../../src/host/system/system.ts';
import { listeningSituations } from './listening-situations.ts';
import { Interruption } from '../../../src/protocol/interruption.ts';
import { makeFile, refusalOf, type Seen, type Situations } from './seen.ts';

/**
 * The system's behavior with locks, sockets and time. A situation's directory is beside `socket`, where a process
 * listens and closes connections, and `echo`, where one echoes what it receives.
 */
export function otherSituations(system: System): Situations {
  const after = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      system.startTimer(milliseconds, resolve);
    });
  const refusal = (work: () => unknown): ReturnType<typeof refusalOf> => refusalOf(work, 'code', 'errno', 'syscall');

  const eventsOf = (path: string): Promise<Seen> => {
    const events: string[] = [];
    return new Promise((resolve) => {
      system.connect(
        { path },
        {
          onOpen: () => events.push('open'),
          onData: () => events.push('data'),
          onEnd: (error) => {
            const { code, errno, syscall } = (error ?? {}) as Readonly<Record<string, unknown>>;
            resolve({ events, code, errno, syscall });
          },
        },
      );
      events.push('begun');
    });
  };

  return {
    // Locks
    'a lock': async (directory) => {
      const path = makeFile(system, directory);
      const [first, second] = [system.open(path, 'a'), system.open(path, 'a')];
      const isHeld = await system.lock(first, 5, undefined);
      const begin = system.now();
      const isHeldTwice = await system.lock(second, 0.1, undefined);
      const hasWaited = system.now() - begin >= 95;
      system.close(first);
      const isHeldLater = await system.lock(second, 5, undefined);
      system.close(second);
      return { isHeld, isHeldTwice, hasWaited, isHeldLater };
    },
    'a lock that comes free': async (directory) => {
      const path = makeFile(system, directory);
      const [first, second] = [system.open(path, 'a'), system.open(path, 'a')];
      await system.lock(first, 5, undefined);
      const waiting = system.lock(second, 30, undefined);
      await after(50);
      system.close(first);
      const isHeld = await waiting;
      system.close(second);
      return { isHeld };
    },
    'a lock that is not wanted any more': async (directory) => {
      const path = makeFile(system, directory);
      const [first, second] = [system.open(path, 'a'), system.open(path, 'a')];
      await system.lock(first, 5, undefined);
      const interrupted = new Interruption();
      system.startTimer(50, () => {
        interrupted.interrupt('SIGTERM');
      });
      const isHeld = await system.lock(second, 60, interrupted);
      system.close(second);
      system.close(first);
      return { isHeld };
    },
    'a lock of a program': async (directory) => {
      const path = makeFile(system, directory);
      const [first, second] = [system.open(path, 'a'), system.open(path, 'a')];
      await system.lock(first, 5, undefined);
      const options = { variables: {}, input: 'open', lock: first, outputLimit: 1000 } as const;
      const program = system.start('/bin/cat', [], options);
      system.close(first);
      const isHeldMeanwhile = await system.lock(second, 0.1, undefined);
      program.endInput();
      await program.ended;
      const isHeldLater = await system.lock(second, 5, undefined);
      system.close(second);
      return { isHeldMeanwhile, isHeldLater };
    },

    // Sockets
    'somebody who listens': (directory) => refusal(() => system.tryConnect(`${directory}/../socket`)),
    'no socket': () => refusal(() => system.tryConnect('/no/such')),
    'a file that is no socket': (directory) => refusal(() => system.tryConnect(makeFile(system, directory))),

    'a connection': async (directory) => {
      const events: string[] = [];
      const sent = Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * 31) ^ (at >> 11));
      let heard = 0;
      let isSame = true;
      await new Promise<void>((resolve) => {
        const connection = system.connect(
          { path: `${directory}/../echo` },
          {
            onOpen: () => {
              events.push('open');
              connection.write(sent.subarray(1000));
            },
            onData: (bytes) => {
              isSame &&= bytes.every((byte, at) => byte === sent[heard + at]);
              heard += bytes.length;
              if (heard === sent.length) resolve();
            },
            onEnd: () => events.push('end'),
          },
        );
        connection.write(sent.subarray(0, 1000));
        events.push('begun');
        if (heard < 0) connection.close();
      });
      return { events, isSame, heard };
    },
    'a connection that the other end closes': (directory) => eventsOf(`${directory}/../socket`),
    'a connection to nobody': () => eventsOf('/no/such'),
    'a connection to a file that is no socket': (directory) => eventsOf(makeFile(system, directory)),
    'a connection that is given up at once': async (directory) => {
      const events: string[] = [];
      const say = (what: string) => () => events.push(what);
      const on = { onOpen: say('open'), onData: say('data'), onEnd: say('end') };
      for (const path of [`${directory}/../echo`, '/no/such']) system.connect({ path }, on).close();
      await after(50);
      return { events };
    },

    ...listeningSituations(system),

    // Time and randomness
    'timers in order': async () => {
      const order: string[] = [];
      const say = (what: string) => () => {
        order.push(what);
      };
      system.startTimer(60, say('late'));
      system.startTimer(20, say('soon'));
      system.startTimer(0, say('at once'));
      const cancelled = [system.startTimer(10, say('never')), system.startTimer(0, say('never'))];
      for (const timer of cancelled) timer.cancel();
      order.push('first');
      await Promise.resolve().then(say('turn'));
      await after(100);
      cancelled[0]?.cancel();
      return { order };
    },
    'a timer that is due': async () => {
      const begin = system.now();
      await after(50);
      const passed = system.now() - begin;
      return { isNotEarly: passed >= 48, hasFractions: !Number.isInteger(begin) || !Number.isInteger(passed) };
    },
    'what is due at once': async () => {
      // Other work continues, however often this is called.
      let isOver = false as boolean;
      const program = system.start('/bin/cat', [], { variables: {}, outputLimit: 1000, input: 'open' });
      void program.ended.then(() => {
        isOver = true;
      });
      for (let turns = 0; turns < 100; turns += 1) await after(0);
      const isEarly = isOver;
      program.endInput();
      for (const end = system.now() + 10_000; !isOver && system.now() < end; ) await after(0);
      return { isEarly, isOver };
    },
    'random bytes': () => {
      const [one, other] = [system.randomBytes(1000), system.randomBytes(1000)];
      const bytes = [...one].map((byte, at) => byte ^ (other[at] ?? 0));
      return {
        lengths: [one.length, system.randomBytes(0).length],
        // Also in the last bytes.
        isRandom: new Set(bytes).size > 100 && new Set(one.subarray(900)).size > 20,
      };
    },

    // The process
    'a process that is not there': () =>
      refusal(() => {
        system.kill(999_999_999, 'SIGTERM');
      }),
    'a process that is ended': async () => {
      const said: Uint8Array[] = [];
      const script = 'trap "echo told; exit 7" TERM; echo $$; while :; do sleep 0.02; done';
      const options = { variables: { PATH: '/usr/bin:/bin' }, outputLimit: 1000 };
      const program = system.start('/bin/sh', ['-c', script], { ...options, onOutput: (bytes) => said.push(bytes) });
      while (said.length === 0) await after(5);
      const pid = Number(String.fromCharCode(...(said[0] ?? utf8(''))));
      system.kill(pid, 'SIGTERM');
      const { exitCode } = await program.ended;
      return { exitCode, last: String.fromCharCode(...(said.at(-1) ?? utf8(''))) };
    },
    'what it is': () => ({
      isNumbered: Number.isInteger(system.getpid()) && system.getpid() > 0,
      isSomebody: system.geteuid() >= 0,
      isSomewhere: system.getcwd().startsWith('/'),
      variables: typeof system.environment()['PATH'],
    }),
    'a trace': () => ({ trace: system.trace(new Error('what')).includes('what') }),
  };
}
