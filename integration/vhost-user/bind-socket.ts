import { once } from 'node:events';
import type { Host } from '../harness/host.ts';

// Node removes a socket when it ends normally, so it must be killed to leave one.
const program = `
const [path, how] = process.argv.slice(1);
require('node:net').createServer().listen(path, () => {
  if (how === 'leave') process.kill(process.pid, 'SIGKILL');
  console.log('listening');
  process.stdin.on('end', () => process.exit()).resume();
});`;

/** Leaves a socket inside a host on which nothing listens. */
export async function leaveSocket(host: Host, path: string): Promise<void> {
  const { stderr } = await host.run(process.execPath, ['-e', program, path, 'leave']);
  if ((await host.run('test', ['-S', path])).exitCode !== 0) throw new Error(`cannot bind ${path}: ${stderr}`);
}

/** Runs `work` while a process, with `called` in its command line, listens on a socket in a host; then removes it. */
export async function withListener(
  host: Host,
  path: string,
  work: () => Promise<void>,
  called = 'nobody',
): Promise<void> {
  const args = ['-e', program, path, 'listen', called];
  const listener = host.spawn(process.execPath, args, { stdin: 'pipe', stdout: 'pipe', reject: false });
  const { stdin, stdout } = listener;
  try {
    const first = await Promise.race([stdout === null ? listener : once(stdout, 'data'), listener]);
    if (!Array.isArray(first)) throw new Error(`cannot listen on ${path}: ${String(first.stderr)}`);
    await work();
  } finally {
    stdin.end();
    await listener;
    await host.sh(`rm -f ${path}`);
  }
}
