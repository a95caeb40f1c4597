import { utf8 } from '#bytes';
import { dirname } from '../model/path.ts';
import { messageOf, shortened } from '../protocol/error.ts';
import { entryIn, safeDirectory } from './directory.ts';
import { closing, writeAll } from './files.ts';
import { fileUnsafe, openOwn } from './own-files.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** Characters of a line whose texts are not shortened, and of each text in a longer one. */
const longestLine = 16_000;
const mostOfText = 4000;

/** How much a log line matters. */
type LogLevel = (typeof levels)[number];

/** Facts that go with a log line. */
type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines; the fields it was opened with go on each. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** Where a log goes, and what goes on every line. */
export interface LogTarget {
  /** Absolute path; undefined is stderr. */
  readonly file: string | undefined;
  readonly level: LogLevel;
  readonly fields: LogFields;
}

/**
 * Opens a log of JSON lines. JSON escapes control characters, so nothing that a caller passes can forge a line.
 * A log that cannot be written never fails an attachment, nor blocks it: its lines then go to stderr, after one that says
 * why. The file must be root's, and so must its directory be; the directory's group may write there, as that of syslog may
 * in Debian's /var/log, which is why the file may have no other name.
 */
export function openLog({ file, level, fields }: LogTarget): Log {
  let isLeftOut = false;
  const write = (of: LogLevel, message: string, more: LogFields): void => {
    const line = `${lineOf({ time: new Date().toISOString(), level: of, message, ...fields, ...more })}\n`;
    if (file !== undefined && !isLeftOut) {
      try {
        append(file, line);
        return;
      } catch (error) {
        isLeftOut = true;
        write('warn', 'the log file is left out', { logFile: file, why: messageOf(error) });
      }
    }
    try {
      writeAll(2, utf8(line));
    } catch {
      // A caller that closed stderr does not want to know.
    }
  };
  return (of, message, more = {}) => {
    if (levels.indexOf(of) >= levels.indexOf(level)) write(of, message, more);
  };
}

// A name that a caller gave may have a million characters.
function lineOf(fields: LogFields): string {
  const line = JSON.stringify(fields);
  if (line.length <= longestLine) return line;
  return JSON.stringify(fields, (_key, value: unknown) =>
    typeof value === 'string' ? shortened(value, mostOfText) : value,
  );
}

function append(path: string, line: string): void {
  const directory = safeDirectory(dirname(path), 'group');
  if (directory === undefined) throw new Error(`${dirname(path)} does not exist`);
  const file = openOwn(entryIn(directory, path), 'a', true);
  if (typeof file !== 'number') throw fileUnsafe(path, file ?? { is: 'no-file', type: 'unknown' });
  closing(file, () => {
    writeAll(file, utf8(line));
  });
}
