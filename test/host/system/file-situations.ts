import { text, utf8 } from '#bytes';
import type { FileStatus, System } from '../../../src/host/system/system.ts';
import { makeFile, refusalOf, type Seen, type Situations } from './seen.ts';

/** The number of a file that is never open. */
const noFile = 1_000_000;

/** The system's behavior with files. A situation's directory is beside `socket`, on which a process listens. */
export function fileSituations(system: System): Situations {
  const file = (directory: string, content?: string): string => makeFile(system, directory, content);
  const contentOf = (path: string): string => {
    const opened = system.open(path, 'r');
    const bytes = new Uint8Array(100);
    const length = system.read(opened, bytes);
    system.close(opened);
    return text(bytes.subarray(0, length));
  };
  const write = (path: string, how: 'a' | 'r+' | 'w' | 'wx', content: string): number => {
    const opened = system.open(path, how);
    const length = system.write(opened, utf8(content));
    system.fsync(opened);
    system.close(opened);
    return length;
  };
  const modeOf = (path: string): number | undefined => system.stat(path)?.mode;
  const refusal = (work: () => unknown): Promise<Seen> => refusalOf(work, 'code', 'errno', 'syscall', 'path');
  /** The error of a call with a path below a file; the message contains the path, too. */
  const below = (call: (path: string) => unknown) => async (directory: string) => {
    const path = `${file(directory)}/below`;
    const { path: said, ...seen } = await refusal(() => call(path));
    return { ...seen, isOfPath: said === path };
  };

  return {
    // Types
    'a file': (directory) => {
      const { type, mode, size } = statusOf(system.stat(file(directory)));
      return { type, mode, size };
    },
    'a directory': (directory) => {
      const { type, mode } = statusOf(system.stat(directory));
      return { type, mode };
    },
    'a device': () => {
      const { type, rdev, size } = statusOf(system.stat('/dev/null'));
      return { type, rdev, size };
    },
    'a FIFO': async (directory) => {
      const path = `${directory}/fifo`;
      await system.start('/usr/bin/mkfifo', [path], { variables: {}, outputLimit: 1000 }).ended;
      return { type: system.lstat(path)?.type };
    },
    'a socket': (directory) => ({ type: system.stat(`${directory}/../socket`)?.type }),
    'a symbolic link': () => ({
      itself: system.lstat('/proc/self')?.type,
      whereItLeads: system.stat('/proc/self')?.type,
      isRead: system.readlink('/proc/self') === String(system.getpid()),
      isResolved: system.realpath('/proc/self/.') === `/proc/${system.getpid()}`,
    }),
    'an open file': (directory) => {
      const path = file(directory);
      const opened = system.open(path, 'r');
      const seen = { isThatOfPath: isSame(system.fstat(opened), system.stat(path)), isTerminal: system.isatty(opened) };
      system.close(opened);
      return seen;
    },
    'whose they are': (directory) => {
      const { uid, gid } = statusOf(system.lstat(file(directory)));
      system.chown(`${directory}/file`, uid, gid);
      return { isOwn: uid === system.geteuid(), isKept: isSame(system.stat(`${directory}/file`), { uid, gid }) };
    },
    'nothing there': (directory) => ({
      stat: system.stat(`${directory}/none`) === undefined,
      lstat: system.lstat(`${directory}/none/below`) === undefined,
      access: system.access(`${directory}/none`, 'exist'),
    }),

    // Contents
    reading: (directory) => {
      const opened = system.open(file(directory, 'ïab'), 'r');
      const bytes = new Uint8Array(3);
      const lengths: number[] = [];
      const parts: string[] = [];
      do {
        const length = system.read(opened, bytes);
        lengths.push(length);
        parts.push(text(bytes.subarray(0, length)));
      } while (lengths.at(-1) !== 0);
      system.close(opened);
      return { lengths, parts };
    },
    'reading into a part of bytes': (directory) => {
      const opened = system.open(file(directory, 'ab'), 'r');
      const bytes = utf8('12345');
      const length = system.read(opened, bytes.subarray(1, 4));
      system.close(opened);
      return { length, bytes: text(bytes) };
    },
    'writing a part of bytes': (directory) => {
      const path = `${directory}/part`;
      const opened = system.open(path, 'w');
      const length = system.write(opened, utf8('12345').subarray(1, 3));
      system.close(opened);
      return { length, content: contentOf(path) };
    },
    'writing anew': (directory) => {
      const path = file(directory, 'old and long');
      return { length: write(path, 'w', 'new'), content: contentOf(path) };
    },
    'writing at the end': (directory) => {
      const path = `${directory}/a`;
      return { lengths: ['a', 'bc'].map((content) => write(path, 'a', content)), content: contentOf(path) };
    },
    'writing what is there': (directory) => {
      const path = file(directory, 'abcd');
      return { length: write(path, 'r+', 'AB'), content: contentOf(path) };
    },
    'writing what is new': (directory) => {
      const path = `${directory}/new`;
      return { length: write(path, 'wx', 'new'), content: contentOf(path) };
    },
    'a file of the kernel': () => ({ isRead: contentOf('/proc/self/stat').startsWith(`${system.getpid()} (`) }),

    // Their modes
    'modes that are given': (directory) => {
      system.close(system.open(`${directory}/made`, 'w', 0o600));
      system.mkdir(`${directory}/directory`, 0o700);
      return { file: modeOf(`${directory}/made`), directory: modeOf(`${directory}/directory`) };
    },
    'modes that are set': (directory) => {
      const path = file(directory);
      system.chmod(path, 0o4750);
      const first = modeOf(path);
      const opened = system.open(path, 'r');
      system.fchmod(opened, 0o640);
      system.close(opened);
      system.chmod(directory, 0o1777);
      return { first, then: modeOf(path), ofDirectory: modeOf(directory) };
    },
    'who may do what': (directory) => {
      const path = file(directory);
      const before = system.access(path, 'execute');
      system.chmod(path, 0o700);
      const modes = ['exist', 'read', 'write', 'execute'] as const;
      return { before, after: modes.map((to) => system.access(path, to)) };
    },

    // Directories
    names: (directory) => {
      for (const name of ['ï', 'b', '.hidden']) system.mkdir(`${directory}/${name}`);
      return { names: system.readdir(directory).sort(), none: system.readdir(`${directory}/b`) };
    },
    removing: (directory) => {
      system.unlink(file(directory));
      system.mkdir(`${directory}/sub`);
      system.rmdir(`${directory}/sub`);
      return { left: system.readdir(directory) };
    },
    renaming: (directory) => {
      const path = file(directory, 'first');
      const before = system.stat(path);
      write(`${directory}/other`, 'w', 'second');
      system.rename(path, `${directory}/other`);
      return { left: system.readdir(directory), isSame: isSame(before, system.stat(`${directory}/other`)) };
    },

    // Refusals
    'opening what is not there': () => refusal(() => system.open('/no/such', 'r')),
    'opening what is to be there': () => refusal(() => system.open('/no/such', 'r+')),
    'opening what is not to be there': () => refusal(() => system.open('/proc/self/stat', 'wx')),
    'opening a directory to write': () => refusal(() => system.open('/proc', 'w')),
    'reading a directory': () => refusal(() => system.read(system.open('/proc', 'r'), new Uint8Array(1))),
    'reading a file that is not open': () => refusal(() => system.read(noFile, new Uint8Array(1))),
    'writing a file that is not open': () => refusal(() => system.write(noFile, new Uint8Array(1))),
    'closing a file that is not open': () =>
      refusal(() => {
        system.close(noFile);
      }),
    'looking at a file that is not open': () => refusal(() => system.fstat(noFile)),
    'setting the mode of a file that is not open': () =>
      refusal(() => {
        system.fchmod(noFile, 0o600);
      }),
    'synchronizing a file that is not open': () =>
      refusal(() => {
        system.fsync(noFile);
      }),
    'looking below a file': below((path) => system.stat(path)),
    'looking below a file without following': below((path) => system.lstat(path)),
    'asking for what is below a file': async (directory) =>
      await refusalOf(() => system.access(`${file(directory)}/below`, 'exist')),
    'names below a file': below((path) => system.readdir(path)),
    'reading a link below a file': below((path) => system.readlink(path)),
    'resolving a path below a file': below((path) => system.realpath(path)),
    'making a directory below a file': below((path) => {
      system.mkdir(path);
    }),
    'removing a directory below a file': below((path) => {
      system.rmdir(path);
    }),
    'removing a file below a file': below((path) => {
      system.unlink(path);
    }),
    'renaming what is below a file': below((path) => {
      system.rename(path, '/no/such');
    }),
    'setting the mode of what is below a file': below((path) => {
      system.chmod(path, 0o600);
    }),
    'setting the owner of what is below a file': below((path) => {
      system.chown(path, 0, 0);
    }),
    'making a directory that is there': () =>
      refusal(() => {
        system.mkdir('/proc');
      }),
    'removing a directory that is full': async (directory) => {
      file(directory);
      const { code, syscall } = await refusal(() => {
        system.rmdir(directory);
      });
      return { code, syscall };
    },
    'removing a directory as a file': async (directory) => {
      const { code, syscall } = await refusal(() => {
        system.unlink(directory);
      });
      return { code, syscall };
    },
    'reading a link that is none': () => refusal(() => system.readlink('/proc')),
    'a message': async () => await refusalOf(() => system.open('/no/such', 'r'), 'message', 'name'),
  };
}

function statusOf(status: FileStatus | undefined): FileStatus {
  if (status === undefined) throw new Error('there is nothing');
  return status;
}

function isSame(one: Partial<FileStatus> | undefined, other: Partial<FileStatus> | undefined): boolean {
  const keys = ['type', 'mode', 'uid', 'gid', 'dev', 'ino', 'rdev', 'size'] as const;
  return keys.every((key) => one?.[key] === undefined || other?.[key] === undefined || one[key] === other[key]);
}
