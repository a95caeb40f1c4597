import { system } from '#system';
import { type Log, openLog } from '../host/log.ts';
import { messageOf } from '../json/thrown.ts';
import type { Operations, Request } from '../protocol/dispatch.ts';
import { add } from './add/add.ts';
import { check } from './check.ts';
import { del } from './del/del.ts';
import { gc } from './gc/gc.ts';
import { isSweepDue, sweep } from './gc/sweep.ts';
import { status } from './status/status.ts';

/** The operations of CNI. Each logs one line about how it ended. */
export const operations: Operations = {
  // Orphans are removed first: they may hold an address or a port that the pod needs.
  add: logged(async (request, log) => {
    if (isSweepDue()) await sweep(request, log);
    return await add(request, log);
  }),
  del: logged(async (request, log) => {
    try {
      await del(request, log);
    } finally {
      if (isSweepDue()) await sweep(request, log);
    }
  }),
  check: logged(check),
  status: logged(status),
  gc: logged(gc),
};

function logged<T>(operation: (request: Request, log: Log) => Promise<T>): (request: Request) => Promise<T> {
  return async (request) => {
    const log = logOf(request);
    const start = system.now();
    const durationMs = (): number => Math.round((system.now() - start) * 10) / 10;
    try {
      const result = await operation(request, log);
      log('info', 'done', { durationMs: durationMs() });
      return result;
    } catch (error) {
      log('error', messageOf(error), {
        error: error instanceof Error ? error.name : 'unknown',
        durationMs: durationMs(),
      });
      throw error;
    }
  };
}

// Reads without the schema, so that a DEL logs even if the rest of the configuration is faulty.
function logOf({ environment, input }: Request): Log {
  const { logFile, logLevel } = input.document;
  const { command, containerId: sandbox, ifname } = environment;
  return openLog({
    file: typeof logFile === 'string' && logFile.startsWith('/') ? logFile : undefined,
    level: logLevel === 'debug' || logLevel === 'warn' || logLevel === 'error' ? logLevel : 'info',
    fields: { command, network: input.name, sandbox, ifname },
  });
}
