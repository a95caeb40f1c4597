import { expect } from 'vitest';
import type { Seen } from './seen.ts';

// The expected results of the situations, by name.

type Wanted = Readonly<Record<string, unknown>>;

const output = (stdout: string, stderr = '', exitCode = 0): Seen => ({ exitCode, stdout, stderr });
const killed = output('', '', -1);
const dan = (name: string, code: number, message: RegExp): Seen => ({
  refused: true,
  name,
  code,
  message: expect.stringMatching(message),
});

export const wantedOfRun: Wanted = {
  'its own environment': { exitCode: 3, lines: ['', 'LC_ALL=C', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'] },
  'a given environment': { exitCode: 0, stdout: expect.stringMatching(/^A=b$/m), stderr: '' },
  'its directory': output('/\n'),
  'input and output': output('ïn\n', 'err\n'),
  'no input': output('end\n'),
  'input that nobody reads': output('', '', 4),
  'a file as input': output('file\n'),
  'output without an end of its line': output('a', 'b'),
  'much output': { length: 3_000_000 },
  'too much output': { exitCode: -1, isTooMuch: true },
  'a signal': killed,
  'a namespace': output('file\n'),
  'a lock': output('file\n'),
  'a namespace and a lock': output('file file\n'),
  'no such program': dan('command-failed', 113, /^\/no\/such a cannot be started: .*ENOENT/),
  'no program at all': dan('command-failed', 113, /^\/etc\/passwd {2}cannot be started: .*EACCES/),
  'too late': { ...dan('command-timeout', 114, /did not end within 0\.2 s/), isThere: false },
  'too late, with what it started': { ...dan('command-timeout', 114, /within 0\.3 s/), runs: false },
  'what it left, which keeps its output': { ...output('a\n'), isSoon: true, isLeft: true },
  'what it left, which prints on': { exitCode: -1, isTooMuch: true, stdout: '', stderr: '' },
  'told to end': dan('interrupted', 11, /SIGTERM/),
  'told to end while it runs': { ...dan('interrupted', 11, /SIGTERM/), isThere: false },
  'told to end before': dan('interrupted', 11, /SIGTERM/),
};

const everyByte = Array.from({ length: 256 }, (_, at) => at);

export const wantedOfStart: Wanted = {
  'every byte': { stdout: everyByte, stderr: everyByte },
  'an open input': {
    first: 'got one\n',
    lines: ['', 'end', 'err', 'got one', 'got two'],
    ended: output('', '', 3),
  },
  'an open input that nobody reads': output('', '', 5),
  'much input': { exitCode: 0, stdout: '3000000' },
  'too much output': { exitCode: -1, isMore: false },
  'too much output as it comes': { exitCode: -1, isMore: false },
  'much output, of which each piece takes dan long': { exitCode: 0, length: 60_000 },
  'too much of its complaints': { exitCode: -1 },
  'a kill': { isKilled: true, ended: killed, again: false },
  'a kill of its group': { isKilled: true, ended: killed },
  'a kill after its end': { ended: output('', '', 6), isKilled: false },
  'a session of its own': { group: output('own\n'), none: output('', '', 1) },
  'no such program': { refused: true, code: 'ENOENT', errno: -2, syscall: 'spawn /no/such' },
  'no such program, which nobody waits for yet': { isKilled: false, refused: true, code: 'ENOENT' },
  'none of the files that are open': { hasMany: true, ended: output('') },
  'a lock alone': output('file\n'),
};

const refused = (code: string, errno: number, syscall: string, path?: string): Seen =>
  path === undefined ? { refused: true, code, errno, syscall } : { refused: true, code, errno, syscall, path };
const belowFile = (syscall: string): Seen => ({ ...refused('ENOTDIR', -20, syscall), isOfPath: true });

export const wantedOfFiles: Wanted = {
  'a file': { type: 'file', mode: 0o600, size: 5 },
  'a directory': { type: 'directory', mode: 0o700 },
  'a device': { type: 'character-device', rdev: 0x103, size: 0 },
  'a FIFO': { type: 'fifo' },
  'a socket': { type: 'socket' },
  'a symbolic link': { itself: 'symbolic-link', whereItLeads: 'directory', isRead: true, isResolved: true },
  'an open file': { isThatOfPath: true, isTerminal: false },
  'whose they are': { isOwn: true, isKept: true },
  'nothing there': { stat: true, lstat: true, access: false },

  reading: { lengths: [3, 1, 0], parts: ['ïa', 'b', ''] },
  'reading into a part of bytes': { length: 2, bytes: '1ab45' },
  'writing a part of bytes': { length: 2, content: '23' },
  'writing anew': { length: 3, content: 'new' },
  'writing at the end': { lengths: [1, 2], content: 'abc' },
  'writing what is there': { length: 2, content: 'ABcd' },
  'writing what is new': { length: 3, content: 'new' },
  'a file of the kernel': { isRead: true },

  'modes that are given': { file: 0o600, directory: 0o700 },
  'modes that are set': { first: 0o4750, then: 0o640, ofDirectory: 0o1777 },
  'who may do what': { before: false, after: [true, true, true, true] },

  names: { names: ['.hidden', 'b', 'ï'], none: [] },
  removing: { left: [] },
  renaming: { left: ['other'], isSame: true },

  'opening what is not there': refused('ENOENT', -2, 'open', '/no/such'),
  'opening what is to be there': refused('ENOENT', -2, 'open', '/no/such'),
  'opening what is not to be there': refused('EEXIST', -17, 'open', '/proc/self/stat'),
  'opening a directory to write': refused('EISDIR', -21, 'open', '/proc'),
  'reading a directory': refused('EISDIR', -21, 'read'),
  'reading a file that is not open': refused('EBADF', -9, 'read'),
  'writing a file that is not open': refused('EBADF', -9, 'write'),
  'closing a file that is not open': refused('EBADF', -9, 'close'),
  'looking at a file that is not open': refused('EBADF', -9, 'fstat'),
  'setting the mode of a file that is not open': refused('EBADF', -9, 'fchmod'),
  'synchronizing a file that is not open': refused('EBADF', -9, 'fsync'),
  'looking below a file': belowFile('stat'),
  'looking below a file without following': belowFile('lstat'),
  'asking for what is below a file': { refused: false, result: false },
  'names below a file': belowFile('scandir'),
  'reading a link below a file': belowFile('readlink'),
  'resolving a path below a file': belowFile('realpath'),
  'making a directory below a file': belowFile('mkdir'),
  'removing a directory below a file': belowFile('rmdir'),
  'removing a file below a file': belowFile('unlink'),
  'renaming what is below a file': belowFile('rename'),
  'setting the mode of what is below a file': belowFile('chmod'),
  'setting the owner of what is below a file': belowFile('chown'),
  'making a directory that is there': refused('EEXIST', -17, 'mkdir', '/proc'),
  'removing a directory that is full': { code: 'ENOTEMPTY', syscall: 'rmdir' },
  'removing a directory as a file': { code: 'EISDIR', syscall: 'unlink' },
  'reading a link that is none': refused('EINVAL', -22, 'readlink', '/proc'),
  'a message': { refused: true, name: 'Error', message: "ENOENT: no such file or directory, open '/no/such'" },
};

export const wantedOfOthers: Wanted = {
  'a lock': { isHeld: true, isHeldTwice: false, hasWaited: true, isHeldLater: true },
  'a lock that comes free': { isHeld: true },
  'a lock that is not wanted any more': { isHeld: false },
  'a lock of a program': { isHeldMeanwhile: false, isHeldLater: true },

  'somebody who listens': { refused: false },
  'no socket': refused('ENOENT', -2, 'connect'),
  'a file that is no socket': refused('ECONNREFUSED', -111, 'connect'),
  'a connection': { events: ['begun', 'open'], isSame: true, heard: 3_000_000 },
  'a connection that the other end closes': { events: ['begun', 'open'] },
  'a connection to nobody': { events: ['begun'], code: 'ENOENT', errno: -2, syscall: 'connect' },
  'a connection to a file that is no socket': {
    ...{ events: ['begun'], code: 'ECONNREFUSED', errno: -111, syscall: 'connect' },
  },
  'a connection that is given up at once': { events: [] },

  'a client that asks': { read: ['ques', 'tion'], said: 'answer', isSent: true, end: 0 },
  'a client that sends nothing': { said: '', read: 0, late: 0, isSent: false },
  'a client that reads nothing and goes': { isSent: false },
  'a client that does not take its answer': { isSent: false },
  'an address in use': { code: 'EADDRINUSE', isSame: true },

  'timers in order': { order: ['first', 'turn', 'at once', 'soon', 'late'] },
  'a timer that is due': { isNotEarly: true, hasFractions: true },
  'what is due at once': { isEarly: false, isOver: true },
  'random bytes': { lengths: [1000, 0], isRandom: true },

  'a process that is not there': refused('ESRCH', -3, 'kill'),
  'a process that is ended': { exitCode: 7, last: 'told\n' },
  'what it is': { isNumbered: true, isSomebody: true, isSomewhere: true, variables: 'string' },
  'a trace': { trace: true },
};
