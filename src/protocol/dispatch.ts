import { text } from '#bytes';
import {
  type Command,
  delegatedBy,
  type Environment,
  isOfNothing,
  parseEnvironment,
  type Variables,
} from './environment.ts';
import { isOutOfMemory, outOfMemory } from '../json/thrown.ts';
import { CniError, protocolError } from './error.ts';
import { isObject, withoutMark } from '../json/object.ts';
import { type NetworkInput, parseForDel, parseForGc, parseInput } from './input.ts';
import type { Interruption } from './interruption.ts';
import { type Result, toVersion } from './result.ts';
import { type CniVersion, isAtLeast, newestVersion, supportedVersions } from './version.ts';

/** What an operation works on: the validated environment and the decoded network configuration. */
export interface Request {
  readonly environment: Environment;
  /** The unvalidated environment, which is passed to a delegated IPAM plugin. */
  readonly variables: Variables;
  readonly input: NetworkInput;
  /** Happens when the process is told to end. The reason is the signal's name. */
  readonly interrupted: Interruption;
}

/** The operations behind the protocol. They throw a {@link CniError} for an expected failure. */
export interface Operations {
  add(request: Request): Promise<Result>;
  del(request: Request): Promise<void>;
  check(request: Request): Promise<void>;
  status(request: Request): Promise<void>;
  gc(request: Request): Promise<void>;
}

/** The reply of a success without a result. */
const done: Reply = { exitCode: 0, stdout: '' };

/** Says where an error was thrown, for a bug report. */
type Trace = (error: Error) => string;

/** What the protocol needs from the process it runs in. */
export interface Caller {
  readonly variables: Variables;
  /** Reads stdin to its end. */
  readonly readInput: () => Uint8Array;
  readonly operations: Operations;
  /** Called before an operation. From then on there may be something to undo, so the process must not simply exit. */
  readonly beforeOperation: () => void;
  /** Happens when the process is told to end. */
  readonly interrupted: Interruption;
  readonly trace: Trace;
}

/** What the process prints, exactly one JSON document or nothing for a success without a result, and its exit code. */
export interface Reply {
  readonly exitCode: 0 | 1;
  readonly stdout: string;
  /** The name of the error; left out for a success. */
  readonly failed?: string;
  /** Undoes the operation, in case its result cannot be delivered. */
  readonly takeBack?: () => Promise<void>;
}

/** The spec version that introduced an operation. Requests for it in an older version are refused (spec 1.1.0). */
const since: Partial<Record<Command, CniVersion>> = { CHECK: '0.4.0', STATUS: '1.1.0', GC: '1.1.0' };

/** Runs one CNI operation. Never throws: every failure becomes a reply. */
export async function dispatch(caller: Caller): Promise<Reply> {
  let cniVersion: CniVersion = newestVersion;
  try {
    if (caller.variables['CNI_COMMAND'] === 'VERSION') return answerVersion(caller);
    const environment = parseEnvironment(caller.variables);
    const input = parseFor(environment.command, caller.readInput());
    cniVersion = input.cniVersion;
    requireVersion(environment.command, cniVersion);
    if (isOfNothing(environment)) return done;
    if (caller.variables[delegatedBy] !== undefined) return refuseDelegated(environment.command);
    const { variables, interrupted, operations } = caller;
    caller.beforeOperation();
    return await run({ environment, variables, input, interrupted }, operations);
  } catch (error) {
    return failure(error, caller, cniVersion);
  }
}

function parseFor(command: Command, bytes: Uint8Array): NetworkInput {
  if (command === 'DEL') return parseForDel(bytes);
  return command === 'GC' ? parseForGc(bytes) : parseInput(bytes);
}

/** The reply for a failure: one error document (spec, "Error"). What is not a {@link CniError} is a bug: 999. */
export function failure(
  error: unknown,
  { variables, trace }: Pick<Caller, 'trace' | 'variables'>,
  cniVersion: CniVersion,
): Reply {
  const known = error instanceof CniError ? error : bug(error, trace);
  const clean = variables['CNI_COMMAND'] === 'DEL' ? withoutWordsOfSuccess : (text: string): string => text;
  const msg = clean(`${known.message} [${known.name}]`);
  const details = known.details === undefined ? {} : { details: clean(known.details) };
  return { exitCode: 1, stdout: print({ cniVersion, code: known.code, msg, ...details }), failed: known.name };
}

/**
 * containerd calls plugins through go-cni. If a DEL's error contains one of these phrases, go-cni takes the DEL for
 * done (`Remove` in its cni.go) and nobody calls it again. An IPAM plugin's or the system's message may contain them.
 */
function withoutWordsOfSuccess(text: string): string {
  return text.replaceAll('not found', 'not-found').replaceAll('no such file or directory', 'no such file/directory');
}

/** The operations without a result. */
const withoutResult = { DEL: 'del', CHECK: 'check', STATUS: 'status', GC: 'gc' } as const;

async function run(request: Request, operations: Operations): Promise<Reply> {
  const { command } = request.environment;
  if (command === 'ADD') {
    const stdout = print(toVersion(await operations.add(request), request.input.cniVersion));
    return { exitCode: 0, stdout, takeBack: () => operations.del(request) };
  }
  if (command !== 'VERSION') await operations[withoutResult[command]](request);
  return done;
}

// VERSION never fails: libcni and CRI-O probe it with dummy values, and would take a failure for a broken plugin.
function answerVersion(caller: Caller): Reply {
  let cniVersion: unknown;
  try {
    const document: unknown = JSON.parse(withoutMark(text(caller.readInput())));
    cniVersion = isObject(document) ? document['cniVersion'] : undefined;
  } catch {
    cniVersion = undefined;
  }
  const echoed = typeof cniVersion === 'string' ? cniVersion : newestVersion;
  return { exitCode: 0, stdout: print({ cniVersion: echoed, supportedVersions }) };
}

// dan would call itself as its IPAM plugin endlessly. DEL succeeds, because dan assigned nothing to release.
function refuseDelegated(command: Command): Reply {
  if (command === 'DEL') return done;
  throw protocolError(
    'invalid-configuration',
    'dan was called as its own IPAM plugin, and gives no addresses: correct "ipam.type", or what the plugin of that name starts',
  );
}

function requireVersion(command: Command, cniVersion: CniVersion): void {
  const minimum = since[command];
  if (minimum === undefined || isAtLeast(cniVersion, minimum)) return;
  throw protocolError(
    'incompatible-version',
    `${command} exists from CNI ${minimum} on, and the network configuration says "cniVersion": "${cniVersion}"`,
  );
}

function bug(error: unknown, trace: Trace): CniError {
  if (isOutOfMemory(error)) return protocolError('too-much-memory', outOfMemory);
  const where = error instanceof Error ? trace(error) : String(error);
  return protocolError('internal-error', 'dan failed in a way that it should not: please report it', where);
}

function print(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
