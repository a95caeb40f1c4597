import { type Log, openLog } from '../host/log.ts';
import type { Operations, Request } from '../protocol/dispatch.ts';

/** The operations of CNI, each loaded when it is asked for, and with one log line about how it ended. */
export const operations: Operations = {
  add: logged(async (...args) => (await import('./add/add.ts')).add(...args)),
  del: logged(async (...args) => (await import('./del/del.ts')).del(...args)),
  check: logged(async (request) => (await import('./check.ts')).check(request)),
  status: logged(async (request) => (await import('./status/status.ts')).status(request)),
  gc: logged(async (...args) => (await import('./gc/gc.ts')).gc(...args)),
};

function logged<T>(operation: (request: Request, log: Log) => Promise<T>): (request: Request) => Promise<T> {
  return async (request) => {
    const log = logOf(request);
    const start = performance.now();
    const durationMs = (): number => Math.round((performance.now() - start) * 10) / 10;
    try {
      const result = await operation(request, log);
      log('info', 'done', { durationMs: durationMs() });
      return result;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      log('error', message, { error: error instanceof Error ? error.name : 'unknown', durationMs: durationMs() });
      throw error;
    }
  };
}

// Read without the schema: a DEL logs whatever the rest of the configuration is like.
function logOf({ environment, input }: Request): Log {
  const { logFile, logLevel } = input.document;
  const { command, containerId: sandbox, ifname } = environment;
  return openLog({
    file: typeof logFile === 'string' && logFile.startsWith('/') ? logFile : undefined,
    level: logLevel === 'debug' || logLevel === 'warn' || logLevel === 'error' ? logLevel : 'info',
    fields: { command, network: input.name, sandbox, ifname },
  });
}
