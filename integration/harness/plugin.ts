import { fileURLToPath } from 'node:url';
import type { Host } from './host.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/**
 * What stands in for the executable: what `npm run build -- --sanitize` makes, in which every access to memory is watched, and
 * the program of which `npm run coverage` counts the statements.
 */
const standIns: Readonly<Record<string, string>> = { sanitized: 'dan-sanitized', covered: 'coverage/dan' };

/** The compiled executable, as it is installed on nodes. */
export const executable = `${dist}${standIns[process.env['DAN_TEST_PROGRAM'] ?? ''] ?? 'dan'}`;

/** The same program for Node. */
const nodeProgram = `${dist}dan.mjs`;

/** A program that is dan, with its leading arguments. */
export type Program = readonly [string, ...string[]];

/** Both that there are: the executable speaks rtnetlink itself, on Node `ip`, `tc` and `bridge` do it. */
export const programs = {
  rtnetlink: [executable],
  iproute2: [process.execPath, nodeProgram],
} as const satisfies Record<string, Program>;

// The project "integration-iproute2" of vitest.config.ts does with the one what "integration" does with the other.
const usual: Program = process.env['DAN_TEST_PROGRAM'] === 'iproute2' ? programs.iproute2 : programs.rtnetlink;

/** One call of the plugin, as a container runtime makes it. */
export interface Call {
  readonly command: 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC' | 'VERSION';
  /** The network configuration; a string is passed as it is. */
  readonly config: object | string;
  readonly sandbox?: string;
  readonly netns?: string;
  readonly ifname?: string;
  /** Further variables, CNI_ARGS among them. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Another program than the project's. */
  readonly program?: Program;
}

/** What the plugin answered: its exit code and the one JSON document on stdout, if there was any. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Calls the plugin inside a host, with a runtime's environment and nothing else of ours. */
export async function callPlugin(host: Host, call: Call): Promise<Answer> {
  const { command, config, sandbox = 'sandbox-1', netns = '', ifname = 'eth0', variables = {} } = call;
  const [program, ...args] = call.program ?? usual;
  const { exitCode, stdout, stderr } = await host.run(program, args, {
    input: typeof config === 'string' ? config : JSON.stringify(config),
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      CNI_COMMAND: command,
      CNI_CONTAINERID: sandbox,
      CNI_NETNS: netns,
      CNI_IFNAME: ifname,
      CNI_PATH: '/usr/lib/cni',
      ...variables,
    },
  });
  const json: unknown = stdout === '' ? {} : JSON.parse(stdout);
  return { exitCode, stdout, stderr, json: json as Answer['json'] };
}
