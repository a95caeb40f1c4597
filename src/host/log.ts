import { utf8 } from '#bytes';
import { writeAll, writeText } from './files.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

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
 * A log that cannot be written never fails an attachment: a line for the file then goes to stderr.
 */
export function openLog({ file, level, fields }: LogTarget): Log {
  return (of, message, more = {}) => {
    if (levels.indexOf(of) < levels.indexOf(level)) return;
    const line = `${JSON.stringify({ time: new Date().toISOString(), level: of, message, ...fields, ...more })}\n`;
    const isInFile =
      file !== undefined &&
      succeeds(() => {
        writeText(file, line, 'a');
      });
    // A caller that closed stderr does not want to know.
    if (!isInFile)
      succeeds(() => {
        writeAll(2, utf8(line));
      });
  };
}

function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
