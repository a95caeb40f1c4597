import { fileURLToPath } from 'node:url';
import { isSoak } from './effort.ts';
import type { Host } from './host.ts';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/**
 * Replacements for the executable: the program of `npm run build -- --sanitize`, which checks every access to memory,
 * and the program whose statements `npm run coverage` counts.
 */
const standIns: Readonly<Record<string, string>> = { sanitized: 'dan-sanitized', covered: 'coverage/dan' };

/** The compiled executable, as installed on nodes. */
export const executable = `${dist}${standIns[process.env['DAN_TEST_PROGRAM'] ?? ''] ?? 'dan'}`;

/** The program for Node. */
const nodeProgram = `${dist}dan.mjs`;

/** A program that is dan, with its leading arguments. */
export type Program = readonly [string, ...string[]];

/** Both programs: the executable uses rtnetlink itself, the program for Node calls `ip`, `tc` and `bridge`. */
export const programs = {
  rtnetlink: [executable],
  iproute2: [process.execPath, nodeProgram],
} as const satisfies Record<string, Program>;

/** The programs for a test that repeats with each: `npm test` runs it with the executable, `npm run soak` with both. */
export const repeated: Readonly<Record<string, Program>> = isSoak ? programs : { rtnetlink: programs.rtnetlink };

// The project "integration-iproute2" of vitest.config.ts uses the one, and "integration" the other.
const usual: Program = process.env['DAN_TEST_PROGRAM'] === 'iproute2' ? programs.iproute2 : programs.rtnetlink;

/** One call of the plugin, as from a container runtime. */
export interface Call {
  readonly command: 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC' | 'VERSION';
  /** The network configuration; a string is passed unchanged. */
  readonly config: object | string;
  readonly sandbox?: string;
  readonly netns?: string;
  readonly ifname?: string;
  /** More variables, including CNI_ARGS. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Another program than the default of the project. */
  readonly program?: Program;
}

/** The plugin's answer: its exit code and the JSON document on stdout, if there was one. */
export interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: Readonly<Record<string, unknown>>;
}

// Set by vitest.config.ts.
const { NODE_COMPILE_CACHE } = process.env;
const compiled = NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };

/** Calls the plugin inside a host, with only a runtime's environment. */
export async function callPlugin(host: Host, call: Call): Promise<Answer> {
  const { command, config, sandbox = 'sandbox-1', netns = '', ifname = 'eth0', variables = {} } = call;
  const [program, ...args] = call.program ?? usual;
  const { exitCode, stdout, stderr } = await host.run(program, args, {
    input: typeof config === 'string' ? config : JSON.stringify(config),
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      ...([program, ...args].includes(nodeProgram) ? compiled : {}),
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
