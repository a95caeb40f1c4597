import { system } from '#system';
import type { ClientConnection, Listener, TcpAddress } from '../../host/system/connection.ts';
import { Head, type HttpRequest, type HttpResponse, longestHead, responseBytes } from './http.ts';

/** The most clients that are served at a time. */
const mostClients = 32;

/** Milliseconds that a client has to send its request, to receive its answer, and to close the connection. */
const patience = { request: 5000, answer: 10_000, end: 1000 } as const;

/** Bytes that are read at a time. */
const chunk = 4096;

/** A client, and whether it has sent its request. */
interface Client {
  readonly connection: ClientConnection;
  hasAsked: boolean;
}

/**
 * Answers requests. Disconnects slow clients. If there are too many clients, disconnects the one that has waited
 * longest without sending a request. Throws the system's error if it cannot listen at the address.
 */
export async function serveHttp(
  at: TcpAddress,
  answer: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<Listener> {
  const clients = new Set<Client>();
  return await system.listen(at, (connection) => {
    if (clients.size >= mostClients) {
      const oldest = [...clients].find(({ hasAsked }) => !hasAsked);
      if (oldest === undefined) {
        connection.close();
        return;
      }
      clients.delete(oldest);
      oldest.connection.close();
    }
    const client = { connection, hasAsked: false };
    clients.add(client);
    void serveOne(client, answer).finally(() => {
      connection.close();
      clients.delete(client);
    });
  });
}

async function serveOne(client: Client, answer: (request: HttpRequest) => Promise<HttpResponse>): Promise<void> {
  const { connection } = client;
  const asked = await within(patience.request, connection, () => readRequest(connection));
  if (asked === undefined) return;
  client.hasAsked = true;
  const { request, refusal } = asked;
  const response = request === undefined ? refusal : await answer(request);
  const bytes = responseBytes(response, request?.method === 'HEAD');
  const isSent = await within(patience.answer, connection, () => connection.write(bytes));
  if (!isSent) return;
  connection.endWriting();
  // Closing a connection with unread data may lose the answer on its way (RFC 9112, section 9.6).
  await within(patience.end, connection, async () => {
    for (let left = 16; left > 0 && (await connection.read(chunk)).length > 0; left -= 1);
  });
}

// Work that takes too long ends with its connection.
async function within<T>(milliseconds: number, connection: ClientConnection, work: () => Promise<T>): Promise<T> {
  const timer = system.startTimer(milliseconds, () => {
    connection.close();
  });
  try {
    return await work();
  } finally {
    timer.cancel();
  }
}

/** What a client has sent. */
type Asked =
  | { readonly request: HttpRequest; readonly refusal?: undefined }
  | { readonly request?: undefined; readonly refusal: HttpResponse };

// undefined if the client left before it sent its request.
async function readRequest(connection: ClientConnection): Promise<Asked | undefined> {
  const head = new Head();
  for (;;) {
    const bytes = await connection.read(chunk);
    if (bytes.length === 0) return undefined;
    const request = head.take(bytes);
    if (request === 'bad') return { refusal: plain(400, 'This is no request of HTTP/1.1.\n') };
    if (request === 'too-long') return { refusal: plain(431, `A request has at most ${longestHead} bytes.\n`) };
    if (request !== 'more') return { request };
  }
}

/** A response of a few words. */
export function plain(status: HttpResponse['status'], body: string): HttpResponse {
  return { status, type: 'text/plain; charset=utf-8', body };
}
