import { connect } from 'node:net';
import { errno, systemError } from './errno.ts';
import type { Connection, ConnectionEvents, SocketAddress } from './connection.ts';

/** EAFNOSUPPORT of errno.h. */
const unsupportedFamily = 97;

/** Connects to a stream socket, as `System.connect` documents. Node has no AF_VSOCK sockets. */
export function connectTo(to: SocketAddress, { onOpen, onData, onEnd }: ConnectionEvents): Connection {
  if (!('path' in to)) {
    const due = setImmediate(() => {
      onEnd(systemError(unsupportedFamily, 'socket', `vsock ${to.cid}:${to.port}`));
    });
    return {
      write: () => undefined,
      close: () => {
        clearImmediate(due);
      },
    };
  }
  let isOver = false;
  const end = (error?: Error): void => {
    if (isOver) return;
    isOver = true;
    socket.destroy();
    onEnd(error);
  };
  const socket = connect(to.path);
  socket.on('connect', () => onOpen?.());
  socket.on('data', (bytes) => {
    if (!isOver) onData(new Uint8Array(bytes));
  });
  socket.on('end', () => {
    end();
  });
  socket.on('error', end);
  return {
    write: (bytes, files = []) => {
      if (files.length === 0) socket.write(bytes);
      else end(systemError(errno.EOPNOTSUPP, 'sendmsg', to.path));
    },
    close: () => {
      isOver = true;
      socket.destroy();
    },
  };
}
