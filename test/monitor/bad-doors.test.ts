import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoorKind, Monitor } from '../../src/monitor/monitor.ts';
import { openMonitor } from '../../src/monitor/open.ts';
import { FakeDoor, flood } from './fake-door.ts';

let directory: string;
let socket: string;
const doors: FakeDoor[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dan-monitor-'));
  socket = join(directory, 'monitor.sock');
});
afterEach(async () => {
  for (const door of doors.splice(0)) await door[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

async function listen(greeting: string, answer?: (said: string, socket: Socket) => void, path = socket): Promise<void> {
  doors.push(await FakeDoor.listen(path, greeting, answer));
}

/** Opens a monitor and asks it for cards; returns the resulting error. */
async function failure(kind: DoorKind, milliseconds = 2000, path = socket): Promise<unknown> {
  let monitor: Monitor | undefined;
  try {
    monitor = await openMonitor({ kind, socket: path }, performance.now() + milliseconds);
    return await monitor.ids();
  } catch (error) {
    return error;
  } finally {
    monitor?.close();
  }
}

const greetings = {
  'cloud-hypervisor': '',
  'qemu-hmp': "QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) ",
  'qemu-qmp': '{"QMP": {"version": {}, "capabilities": ["oob"]}}\r\n',
} as const satisfies Record<DoorKind, string>;
const kinds = Object.keys(greetings) as readonly DoorKind[];

describe.each(kinds)('%s is refused', (kind) => {
  const greeting = greetings[kind];
  const answering = (bytes: string): Promise<void> => listen(greeting, (_, to) => to.write(bytes));

  it('where it is not there', async () => {
    expect(await failure(kind)).toMatchObject({ name: 'monitor-unreachable', code: 138 });
    const path = join(directory, 'no', 'such');
    expect(await failure(kind, 1000, path)).toMatchObject({ name: 'monitor-unreachable' });
  });

  it('where it is none, or behind a link', async () => {
    const [file, link] = [join(directory, 'file'), join(directory, 'link')];
    writeFileSync(file, '');
    await listen(greeting);
    symlinkSync(socket, link);
    for (const path of [file, link]) {
      expect(await failure(kind, 1000, path)).toMatchObject({ message: expect.stringContaining('is no socket') });
    }
  });

  it('where others can put another in its place', async () => {
    const open = join(directory, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    const path = join(open, 'socket');
    await listen(greeting, undefined, path);
    expect(await failure(kind, 1000, path)).toMatchObject({ name: 'directory-unsafe' });
  });

  it.runIf(process.getuid?.() === 0)('where it is of somebody else', async () => {
    await listen(greeting);
    chownSync(socket, 1000, 1000);
    const message = expect.stringContaining('belongs to user 1000');
    expect(await failure(kind)).toMatchObject({ name: 'directory-unsafe', message });
  });

  it('where it says nothing for ever', async () => {
    await listen(greeting);
    const begin = performance.now();
    expect(await failure(kind, 100)).toMatchObject({ name: 'monitor-late', code: 11 });
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  it('where it greets with nothing for ever', async () => {
    await listen('');
    expect(await failure(kind, 100)).toMatchObject({ name: 'monitor-late' });
  });

  it('where it closes the connection, in the middle of an answer or before it', async () => {
    await listen(greeting, (_, to) => to.end('{"ret'));
    expect(await failure(kind)).toMatchObject({ name: expect.stringMatching(/^monitor-(unreachable|garbled)$/) });
    await doors.pop()?.[Symbol.asyncDispose]();
    await listen(greeting, (_, to) => to.end());
    expect(await failure(kind)).toMatchObject({ name: 'monitor-unreachable' });
  });

  it.each([
    ['lines that are none', 'garbage\r\n\r\n(qemu) \n'],
    ['bytes that are no text', '\xff\xfe\xfd\0\0\0\n'],
    ['half a line', '{"return": [{"na'],
  ])('where it answers %s', async (_, bytes) => {
    await answering(bytes);
    const error = await failure(kind, 300);
    // For the human monitor, any lines are a valid answer.
    if (kind === 'qemu-hmp' && bytes.includes('(qemu)')) return;
    expect(error).toMatchObject({ name: expect.stringMatching(/^monitor-(garbled|late)$/) });
  });

  it('where it sends 100 MB without an end, of which it gets rid of some only', async () => {
    let taken = (): number => 0;
    await listen(greeting, (_, to) => {
      taken = () => to.bytesWritten - to.writableLength;
      flood(to, 100);
    });
    expect(await failure(kind, 20_000)).toMatchObject({ name: 'monitor-garbled', code: 136 });
    expect(taken()).toBeLessThan(40 * 1024 * 1024);
  }, 30_000);
});

describe('QEMU’s machine protocol', () => {
  /** Answers each command by its name. */
  const talk = (answers: Readonly<Record<string, string>>): Promise<void> =>
    listen(greetings['qemu-qmp'], (said, to) => {
      for (const line of said.trim().split('\n')) {
        const { execute } = JSON.parse(line) as { readonly execute: string };
        to.write(answers[execute] ?? '{"return": {}}\r\n');
      }
    });

  it('is read with events between, and with many lines for an object', async () => {
    await talk({
      qmp_capabilities: '{\r\n    "return": {\r\n    }\r\n}\r\n',
      'qom-list':
        '{"event": "RESUME", "data": {}}\r\n{"return": [{"name": "dan-1", "type": "child<virtio-net-pci>"}]}\r\n',
      'human-monitor-command': '{"return": " \\\\ dan-2: index=0,type=tap,fd=9\\r\\n"}\r\n',
    });
    expect(await failure('qemu-qmp')).toEqual(['dan-1', 'dan-2']);
  });

  it('is refused with the words of QEMU', async () => {
    await talk({ 'qom-list': '{"error": {"class": "GenericError", "desc": "no such path"}}\r\n' });
    expect(await failure('qemu-qmp')).toMatchObject({
      name: 'monitor-refused',
      message: expect.stringMatching(/qom-list.*"no such path"/),
    });
  });

  it.each(['{"hello": 1}\r\n', '[]\r\n', '"QMP"\r\n', 'QEMU 7.2.22 monitor\r\n(qemu) \r\n'])(
    'does not greet with %j',
    async (line) => {
      await listen(line);
      expect(await failure('qemu-qmp')).toMatchObject({ name: 'monitor-garbled' });
    },
  );
});

describe('QEMU’s human monitor', () => {
  it('does not greet as the machine protocol does', async () => {
    await listen('{"QMP": {}}\r\n(qemu) ');
    expect(await failure('qemu-hmp')).toMatchObject({ name: 'monitor-garbled' });
  });

  it('says what it has, however it comes in pieces', async () => {
    await listen(greetings['qemu-hmp'], (said, to) => {
      if (!said.endsWith('\n')) return;
      const lines = said.startsWith('info') ? 'dan-2: index=0,type=tap,fd=9' : 'dan-1 (child<virtio-net-pci>)';
      const bytes = Buffer.from(`${said.trim()}\r\n${lines}\r\n(qemu) `);
      for (let at = 0; at < bytes.length; at += 7) to.write(bytes.subarray(at, at + 7));
    });
    expect(await failure('qemu-hmp')).toEqual(['dan-1', 'dan-2']);
  });

  it('is refused with the words of QEMU', async () => {
    await listen(greetings['qemu-hmp'], (said, to) => {
      to.write(`${said.trim()}\r\nError: no such path\r\n(qemu) `);
    });
    expect(await failure('qemu-hmp')).toMatchObject({
      name: 'monitor-refused',
      message: expect.stringMatching(/qom-list.*"no such path"/),
    });
  });
});

describe('Cloud Hypervisor', () => {
  const answering = (answer: string): Promise<void> => listen('', (_, to) => to.write(answer));
  const whole = (body: string, status = '200 '): string =>
    `HTTP/1.1 ${status}\r\nServer: Cloud Hypervisor API\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it('says which cards of dan’s it has', async () => {
    await answering(
      whole('{"config": {}, "state": "Running", "device_tree": {"dan-1": {}, "_net2": {}, "_virtio-pci-dan-1": {}}}'),
    );
    expect(await failure('cloud-hypervisor')).toEqual(['dan-1']);
  });

  it('is refused with its status and its words', async () => {
    await answering(whole('["Error from API", "The VM is not created"]', '500 '));
    expect(await failure('cloud-hypervisor')).toMatchObject({
      name: 'monitor-refused',
      message: expect.stringContaining('The VM is not created'),
    });
  });

  it.each([
    ['no tree of devices', whole('{}')],
    ['no JSON', whole('{"device')],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    [
      'pieces whose length is not said before',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['a body of 100 MB', 'HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a head without an end', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(100)}`],
    ['a line without an end', 'a'.repeat(5000)],
  ])('is garbled where it answers %s', async (_, answer) => {
    await answering(answer);
    expect(await failure('cloud-hypervisor')).toMatchObject({ name: 'monitor-garbled' });
  });
});
