import { danError, danErrors } from '../model/error.ts';
import type { OvsDatabase } from '../model/ovs.ts';
import { CniError } from '../protocol/error.ts';
import { type Finished, run } from './command.ts';
import { type OvsRow, readTables } from './ovs-answer.ts';
import { commandIn, type Site } from './site.ts';

/** The rows from each printing command of one call, in order. */
export type OvsTables = readonly (readonly OvsRow[])[];

/** `ovs-unreachable`: a database does not answer, or a switch does not apply a change. */
export class OvsUnreachable extends CniError {
  /** What is wrong, without what to do about it. */
  readonly seen: string;

  constructor(database: OvsDatabase, how: string) {
    const seen = `the Open vSwitch at ${database} ${how}`;
    const cure = 'see that ovsdb-server and ovs-vswitchd run, and that "ovs.db" names their database';
    super('ovs-unreachable', danErrors['ovs-unreachable'], `${seen}: ${cure}`);
    this.seen = seen;
  }
}

/** One command of `ovs-vsctl` with its arguments. */
export type OvsCommand = readonly [string, ...string[]];

/**
 * Reads from a database, or changes rows without waiting for the switch. All commands are one transaction. Throws
 * `ovs-unreachable` if the database does not answer in time, `command-failed` if it refuses a command.
 */
export async function askOvs(database: OvsDatabase, commands: readonly OvsCommand[], site: Site): Promise<OvsTables> {
  return readTables((await vsctl(database, ['--no-wait'], commands, site)).stdout);
}

/**
 * Changes rows in one transaction, and waits until the switch has applied them. Returns the switch's complaints. Throws
 * like {@link askOvs}, and `ovs-unreachable` also if the switch does not apply them in time. In that case the rows stay in
 * the database.
 */
export async function changeOvs(database: OvsDatabase, commands: readonly OvsCommand[], site: Site): Promise<string> {
  return (await vsctl(database, [], commands, site)).stderr.trim();
}

/** A value in the syntax of `ovs-vsctl`. It is always quoted, so that it cannot be read as anything else. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

async function vsctl(
  database: OvsDatabase,
  options: readonly string[],
  commands: readonly OvsCommand[],
  site: Site,
): Promise<Finished> {
  const words = commands.flatMap((command) => ['--', ...command]);
  const { timeoutSeconds: seconds } = site;
  // The time limit of `ovs-vsctl` also works if dan is killed. dan's own limit covers the case that it fails.
  const limits = [`--db=${database}`, `--timeout=${seconds}`, '--format=json', ...options];
  const [path, args, inherited] = commandIn('host', site, 'ovs-vsctl', [...limits, ...words]);
  const finished = await run(path, args, { ...inherited, timeoutSeconds: seconds + 1 });
  const { exitCode, stderr } = finished;
  if (exitCode === 0) return finished;
  const said = stderr.trim().replaceAll('\n', '; ');
  if (stderr.includes('database connection failed')) throw new OvsUnreachable(database, `cannot be reached (${said})`);
  // `ovs-vsctl` implements its time limit with SIGALRM.
  if (stderr.includes('terminating with signal 14'))
    throw new OvsUnreachable(database, `did not answer within ${seconds} s`);
  throw danError('command-failed', `"ovs-vsctl ${words.slice(1).join(' ')}" ended with ${exitCode} and said: ${said}`);
}
