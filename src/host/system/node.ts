import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { isatty } from 'node:tty';
import { files } from './node-files.ts';
import { lock, start } from './node-programs.ts';
import type { System } from './system.ts';

/** The system for the program for Node, with what Node has built in. */
export const system: System = {
  ...files,
  // Modules may still be evaluated when it is called: `main` comes after them.
  onStart: (main) => {
    queueMicrotask(main);
  },
  environment: () => process.env,
  args: () => process.argv.slice(2),
  executable: () => undefined,
  getcwd: () => process.cwd(),
  geteuid: () => process.geteuid?.() ?? -1,
  getpid: () => process.pid,
  exit: (code) => process.exit(code),
  kill: (pid, signal) => {
    process.kill(pid, signal);
  },
  onSignal: (signals, listener) => {
    for (const signal of signals) {
      process.on(signal, () => {
        listener(signal);
      });
    }
  },
  onUncaught: (listener) => {
    process.on('uncaughtException', listener);
    process.on('unhandledRejection', listener);
  },
  trace: (error) => error.stack ?? String(error),

  now: () => performance.now(),
  startTimer: (milliseconds, work) => {
    if (milliseconds === 0) {
      const due = setImmediate(work);
      return {
        cancel: () => {
          clearImmediate(due);
        },
      };
    }
    const timer = setTimeout(work, milliseconds);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
  randomBytes,

  isatty,
  lock,
  tryConnect: (path) =>
    new Promise((resolve, fail) => {
      const socket = connect(path);
      socket.on('error', fail);
      socket.on('connect', () => {
        socket.destroy();
        resolve();
      });
    }),
  start,
};
