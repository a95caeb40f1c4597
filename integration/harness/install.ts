import { basename, dirname } from 'node:path';
import type { Host } from './host.ts';

/** Where Debian's container engines look for CNI plugins. */
export const pluginDirectory = '/usr/lib/cni';

/** Writes a file inside a host, and makes the directories above it. */
export async function writeInside(host: Host, path: string, content: string): Promise<void> {
  const script = 'mkdir -p "$2" && cat >"$1"';
  const { exitCode, stderr } = await host.run('sh', ['-c', script, 'write', path, dirname(path)], { input: content });
  if (exitCode !== 0) throw new Error(`cannot write ${path} inside the test host: ${stderr}`);
}

/** Copies an executable into a host under a temporary name and renames it, so that nobody starts an incomplete file. */
export async function install(host: Host, executable: string, directory: string = pluginDirectory): Promise<void> {
  const place = `${directory}/${basename(executable)}`;
  await host.sh(`mkdir -p '${directory}'; cp '${executable}' '${place}.new'; mv '${place}.new' '${place}'`);
}
