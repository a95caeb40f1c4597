import { callIpam } from '../ipam/plugin.ts';
import type { Command } from '../protocol/environment.ts';
import type { Request } from '../protocol/dispatch.ts';
import { CniError, protocolErrors } from '../protocol/error.ts';
import type { Interruption } from '../protocol/interruption.ts';
import type { JsonObject } from '../json/object.ts';

/** How an IPAM plugin is called, where it is not as usual. */
interface DelegateOptions {
  /** A lock that the plugin is to hold until it has ended. */
  readonly lock?: number | undefined;
  readonly interrupted?: Interruption;
}

/** Calls the IPAM plugin with the caller's environment. `document` is what it gets on stdin. */
export async function delegate(
  request: Request,
  command: Command,
  type: string,
  document: JsonObject,
  { lock, interrupted }: DelegateOptions = {},
): Promise<unknown> {
  const { variables, environment } = request;
  return await callIpam({
    command,
    type,
    path: environment.path,
    variables,
    document,
    ...(lock === undefined ? {} : { lock }),
    ...(interrupted === undefined ? {} : { interrupted }),
  });
}

/**
 * Calls the IPAM plugin's STATUS or GC. One older than CNI 1.1 does not know them, and says so in its own way: that
 * means ready, or done.
 */
export async function delegateIfKnown(request: Request, command: 'STATUS' | 'GC', type: string): Promise<void> {
  const unknown: readonly number[] = [1, 3, protocolErrors['invalid-environment']];
  try {
    await delegate(request, command, type, request.input.document);
  } catch (error) {
    if (!(error instanceof CniError) || !unknown.includes(error.code)) throw error;
  }
}
