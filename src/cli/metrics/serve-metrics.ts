import { system } from '#system';
import { type ExitCode, exitCodes, type Terminal } from '../../command/command.ts';
import type { Listener, TcpAddress } from '../../host/system/connection.ts';
import { codeOf } from '../../host/files.ts';
import { danError } from '../../model/error.ts';
import { messageOf } from '../../json/thrown.ts';
import { untilSignal } from '../until-signal.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { plain, serveHttp } from './server.ts';

/** Milliseconds for which an answer is reused, so that many clients cost no more than one. */
const fresh = 1000;

/** The contents of /metrics. */
interface Served {
  readonly type: string;
  /** Looks at the node. */
  readonly text: () => Promise<string>;
}

/** Serves /metrics and /healthz until a signal arrives. Throws `listen-failed`. */
export async function serveMetrics(at: TcpAddress, served: Served, terminal: Terminal): Promise<ExitCode> {
  const interruption = terminal.untilInterrupted?.();
  const read = shared(served.text);
  const listener = await listening(at, async ({ method, path }) => {
    if (method !== 'GET' && method !== 'HEAD') return plain(405, 'Only GET and HEAD are answered.\n');
    if (path === '/healthz') return plain(200, 'ok\n');
    if (path !== '/metrics') return plain(404, 'Here are /metrics and /healthz, and nothing else.\n');
    try {
      return { status: 200, type: served.type, body: await read() };
    } catch (error) {
      terminal.warn(`dan metrics: the node could not be looked at: ${messageOf(error)}\n`);
      return plain(500, 'The node could not be looked at: the log of dan metrics says why.\n');
    }
  });
  terminal.print(`dan serves http://${hostOf(at)}:${listener.port}/metrics until SIGTERM, SIGINT or SIGHUP comes.\n`);
  if (interruption !== undefined) await untilSignal(interruption);
  listener.close();
  return exitCodes.fine;
}

function hostOf({ ip: { family, text } }: TcpAddress): string {
  return family === 6 ? `[${text}]` : text;
}

async function listening(at: TcpAddress, answer: (request: HttpRequest) => Promise<HttpResponse>): Promise<Listener> {
  try {
    return await serveHttp(at, answer);
  } catch (error) {
    const where = `${hostOf(at)}:${at.port}`;
    throw danError('listen-failed', `dan cannot listen on ${where}: ${messageOf(error)}; ${cureOf(error)}`);
  }
}

function cureOf(error: unknown): string {
  return cures[codeOf(error) ?? ''] ?? 'name another address';
}

const cures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there: end it, or name another port',
  EADDRNOTAVAIL: 'name an address that this node has, or 0.0.0.0 for all of them',
  EACCES: 'name a port from 1024 on, or run it as root',
};

// Requests that arrive during a reading get the same answer.
function shared(read: () => Promise<string>): () => Promise<string> {
  let last: { readonly at: number; readonly text: Promise<string> } | undefined;
  let isReading = false;
  return () => {
    if (last !== undefined && (isReading || system.now() - last.at < fresh)) return last.text;
    isReading = true;
    const text = read().finally(() => {
      isReading = false;
    });
    last = { at: system.now(), text };
    return text;
  };
}
