import { type Caller, dispatch, type Operations, type Reply, type Request } from '../../src/protocol/dispatch.ts';
import type { Command, Variables } from '../../src/protocol/environment.ts';
import { Interruption } from '../../src/protocol/interruption.ts';
import type { Result } from '../../src/protocol/result.ts';

/** A complete CNI environment, as a runtime passes it for ADD. */
export const variables = {
  CNI_CONTAINERID: 'sandbox-1',
  CNI_NETNS: '/run/netns/pod',
  CNI_IFNAME: 'eth0',
  CNI_PATH: '/opt/cni/bin',
} as const;

/** Commands with an operation. */
export const operationCommands = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'] as const;

export const emptyResult: Result = { interfaces: [], ips: [], routes: [], dns: {} };

/** One call of the plugin: its reply, and the operations that it ran. */
export interface Call {
  readonly reply: Reply;
  readonly document: Readonly<Record<string, unknown>>;
  readonly ran: readonly { readonly operation: Command; readonly request: Request }[];
}

/** The changes that a test makes to an ordinary call. */
export interface CallOptions {
  readonly command?: string | undefined;
  readonly variables?: Variables;
  /** The network configuration: text or bytes unchanged, anything else as JSON. */
  readonly input?: unknown;
  /** What every operation returns or throws. */
  readonly outcome?: () => Result;
  readonly beforeOperation?: Caller['beforeOperation'];
}

export function networkOf(cniVersion: unknown): object {
  return { ...(cniVersion === undefined ? {} : { cniVersion }), name: 'kata-net', type: 'dan' };
}

export async function call({
  command = 'ADD',
  variables: given = variables,
  input = networkOf('1.1.0'),
  outcome = () => emptyResult,
  beforeOperation = () => undefined,
}: CallOptions): Promise<Call> {
  const ran: { operation: Command; request: Request }[] = [];
  const note =
    (operation: Command) =>
    (request: Request): Promise<Result> => {
      ran.push({ operation, request });
      return new Promise((resolve) => {
        resolve(outcome());
      });
    };
  const noteOnly =
    (operation: Command) =>
    async (request: Request): Promise<void> => {
      await note(operation)(request);
    };
  const operations: Operations = {
    add: note('ADD'),
    del: noteOnly('DEL'),
    check: noteOnly('CHECK'),
    status: noteOnly('STATUS'),
    gc: noteOnly('GC'),
  };
  const reply = await dispatch({
    variables: { CNI_COMMAND: command, ...given },
    readInput: () => bytesOf(input),
    operations,
    beforeOperation,
    interrupted: new Interruption(),
    trace: (error) => `${error.name}: ${error.message} at a.ts:1`,
  });
  const document: unknown = reply.stdout === '' ? {} : JSON.parse(reply.stdout);
  return { reply, document: document as Call['document'], ran };
}

function bytesOf(input: unknown): Uint8Array {
  if (input instanceof Uint8Array) return input;
  return new TextEncoder().encode(typeof input === 'string' ? input : JSON.stringify(input));
}
