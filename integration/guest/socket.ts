import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Connects to a unix socket and passes on what arrives, line by line. A broken connection is only closed. */
export async function connectLines(path: string, onLine: (line: string) => void): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
  // The event 'close' tells those that wait for an answer.
  socket.on('error', () => undefined);
  return socket;
}
