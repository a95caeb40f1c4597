import { danError, danErrors } from '../model/error.ts';
import type { OvsDatabase } from '../model/ovs.ts';
import { CniError } from '../protocol/error.ts';
import { type Finished, run } from './command.ts';
import { type OvsRow, readTables } from './ovs-answer.ts';
import { commandIn, type Site } from './site.ts';

/** Seconds in which the database answers, unless something is wrong with it. */
const askSeconds = 2;

/** The rows that each printing command of one call gave, in order. */
export type OvsTables = readonly (readonly OvsRow[])[];

/** `ovs-unreachable`: a database that does not answer, or a switch that does not take a change over. */
export class OvsUnreachable extends CniError {
  /** What was seen, without what to do about it. */
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
 * Looks something up in a database, or changes rows without waiting for the switch. All commands are one transaction.
 * Throws `ovs-unreachable` for a database that does not answer within 2 s, `command-failed` for a command it refuses.
 */
export async function askOvs(database: OvsDatabase, commands: readonly OvsCommand[], site: Site): Promise<OvsTables> {
  return readTables((await vsctl(database, ['--no-wait'], askSeconds, commands, site)).stdout);
}

/**
 * Changes rows in one transaction, and waits until the switch has taken them over: at most as long as a command may
 * take. Returns what the switch complained about then. Throws like {@link askOvs}, `ovs-unreachable` also for a switch that
 * does not run; the rows are there then.
 */
export async function changeOvs(database: OvsDatabase, commands: readonly OvsCommand[], site: Site): Promise<string> {
  return (await vsctl(database, [], site.timeoutSeconds, commands, site)).stderr.trim();
}

/** A value as `ovs-vsctl` takes it in a column: always in quotes, so that none is read as anything else. */
export function quoted(value: string): string {
  return JSON.stringify(value);
}

async function vsctl(
  database: OvsDatabase,
  options: readonly string[],
  seconds: number,
  commands: readonly OvsCommand[],
  site: Site,
): Promise<Finished> {
  const words = commands.flatMap((command) => ['--', ...command]);
  // Its own time limit holds also when dan is killed meanwhile; ours is for the case that it does not.
  const limits = [`--db=${database}`, `--timeout=${seconds}`, '--format=json', ...options];
  const [path, args, inherited] = commandIn('host', site, 'ovs-vsctl', [...limits, ...words]);
  const finished = await run(path, args, { ...inherited, timeoutSeconds: seconds + 1 });
  const { exitCode, stderr } = finished;
  if (exitCode === 0) return finished;
  const said = stderr.trim().replaceAll('\n', '; ');
  if (stderr.includes('database connection failed')) throw new OvsUnreachable(database, `cannot be reached (${said})`);
  // SIGALRM is how it minds its own time limit.
  if (stderr.includes('terminating with signal 14'))
    throw new OvsUnreachable(database, `did not answer within ${seconds} s`);
  throw danError('command-failed', `"ovs-vsctl ${words.slice(1).join(' ')}" ended with ${exitCode} and said: ${said}`);
}
