import { utf8 } from '#bytes';
import { dirname } from '../model/path.ts';
import { messageOf } from '../json/thrown.ts';
import { shortened } from '../protocol/error.ts';
import { entryIn, safeDirectory } from './directory.ts';
import { closing, writeAll } from './files.ts';
import { fileUnsafe, openOwn } from './own-files.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** The length of a line above which its texts are shortened, and the length to which each text is then cut. */
const longestLine = 16_000;
const mostOfText = 4000;

/** The severity of a log line. */
type LogLevel = (typeof levels)[number];

/** Additional fields of a log line. */
type LogFields = Readonly<Record<string, unknown>>;

/** Writes log lines. The fields that the log was opened with are on each line. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** The destination of a log, and what every line has. */
export interface LogTarget {
  /** Absolute path; undefined for stderr. */
  readonly file: string | undefined;
  readonly level: LogLevel;
  readonly fields: LogFields;
}

/**
 * Opens a log of JSON lines. JSON escapes control characters, so nothing that a caller passes can forge a line. A log
 * that cannot be written never fails or blocks an attachment: its lines then go to stderr, after one that says why. The
 * file and its directory must be root's. The directory's group may write to it, as syslog's may in Debian's /var/log;
 * therefore the file may have no hard links.
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
      // A caller that closed stderr does not want the log.
    }
  };
  return (of, message, more = {}) => {
    if (levels.indexOf(of) >= levels.indexOf(level)) write(of, message, more);
  };
}

// A name from a caller may have a million characters.
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
