import { utf8 } from '#bytes';
import type { ClientConnection } from '../../../src/host/system/connection.ts';
import type { System } from '../../../src/host/system/system.ts';
import { parseIp } from '../../../src/model/ip.ts';
import { refusalOf, type Situations } from './seen.ts';

const parsed = parseIp('127.0.0.1');
if (!parsed.ok) throw new Error(parsed.why);
const loopback = parsed.value;

/** Listens for one connection and returns what was seen of it. */
function listening<T>(
  system: System,
  serve: (connection: ClientConnection) => Promise<T>,
): { readonly port: Promise<number>; readonly seen: Promise<T> } {
  let tell: (seen: Promise<T>) => void;
  const seen = new Promise<T>((resolve) => {
    tell = resolve;
  });
  const listener = system.listen({ ip: loopback, port: 0 }, (connection) => {
    tell(serve(connection));
    void listener.then((one) => {
      one.close();
    });
  });
  return { port: listener.then(({ port }) => port), seen };
}

/** A client whose connection is file 3 of a shell; returns its output. */
async function client(system: System, port: number, script: string): Promise<string> {
  const command = `exec 3<>/dev/tcp/127.0.0.1/${port}; ${script}`;
  const { ended } = system.start('/bin/bash', ['-c', command], {
    variables: { PATH: '/usr/bin:/bin' },
    outputLimit: 1000,
  });
  return String.fromCharCode(...(await ended).stdout);
}

/** The system's behavior with incoming connections. */
export function listeningSituations(system: System): Situations {
  const after = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      system.startTimer(milliseconds, resolve);
    });
  const refusal = (work: () => unknown): ReturnType<typeof refusalOf> => refusalOf(work, 'code', 'errno', 'syscall');

  return {
    'a client that asks': async () => {
      const ends: Uint8Array[] = [];
      const served = listening(system, async (connection) => {
        ends.push(await connection.read(4), await connection.read(100));
        const isSent = await connection.write(utf8('answer'));
        connection.endWriting();
        const end = await connection.read(100);
        connection.close();
        return { isSent, end: end.length };
      });
      const said = await client(system, await served.port, "printf 'question' >&3; cat <&3");
      return { read: ends.map((bytes) => String.fromCharCode(...bytes)), said, ...(await served.seen) };
    },
    'a client that sends nothing': async () => {
      const served = listening(system, async (connection) => {
        const waiting = connection.read(100);
        await after(50);
        connection.close();
        connection.close();
        const [late, isSent] = [await connection.read(100), await connection.write(utf8('late'))];
        connection.endWriting();
        return { read: (await waiting).length, late: late.length, isSent };
      });
      const said = await client(system, await served.port, 'cat <&3');
      return { said, ...(await served.seen) };
    },
    'a client that reads nothing and goes': async () => {
      const much = new Uint8Array(16 * 1024 * 1024);
      const served = listening(system, async (connection) => {
        const isSent = await connection.write(much);
        connection.close();
        return { isSent };
      });
      await client(system, await served.port, 'sleep 0.1');
      return served.seen;
    },
    'a client that does not take its answer': async () => {
      const much = new Uint8Array(16 * 1024 * 1024);
      const served = listening(system, async (connection) => {
        const writing = connection.write(much);
        await after(50);
        connection.close();
        return { isSent: await writing };
      });
      await client(system, await served.port, 'sleep 0.3');
      return served.seen;
    },
    'an address in use': async () => {
      const first = await system.listen({ ip: loopback, port: 0 }, () => undefined);
      const seen = await refusal(() => system.listen({ ip: loopback, port: first.port }, () => undefined));
      first.close();
      const again = await system.listen({ ip: loopback, port: first.port }, () => undefined);
      const isSame = again.port === first.port;
      again.close();
      again.close();
      return { code: seen['code'], isSame };
    },
  };
}
