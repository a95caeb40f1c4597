import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';

/** The processors of the image, with their OCI names, and the program for each. */
const platforms = [
  { arch: ['--arch', 'amd64'], program: 'dan' },
  { arch: ['--arch', 'arm64', '--variant', 'v8'], program: 'dan-aarch64' },
] as const;

const name = 'localhost/dan:release';

/**
 * Makes the image of deploy/Dockerfile for both processors, and writes it as an OCI layout. It has no time, so the same
 * programs give the same digest. podman keeps its files in `containers`.
 */
export function makeImage(repository: string, built: string, containers: string, layout: string): void {
  podman(containers, ['manifest', 'create', name]);
  for (const { arch, program } of platforms) {
    const context = join(containers, `context-${program}`);
    mkdirSync(context, { recursive: true });
    copyFileSync(join(built, program), join(context, 'dan'));
    const one = `localhost/${program}:release`;
    const file = join(repository, 'deploy', 'Dockerfile');
    podman(containers, ['build', '--quiet', '--timestamp', '0', ...arch, '--tag', one, '--file', file, context]);
    podman(containers, ['manifest', 'add', ...arch, name, `containers-storage:${one}`]);
  }
  podman(containers, ['manifest', 'push', '--all', name, `oci:${layout}`]);
}

/** Pushes the image of {@link makeImage} to a registry. podman must be logged in there. */
export function pushImage(containers: string, reference: string): void {
  podman(containers, ['manifest', 'push', '--all', name, `docker://${reference}`]);
}

/** The digest of the index in an OCI layout, by which a cluster pins the image. */
export function digestOf(layout: string): string {
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const [one] = index.manifests;
  if (one === undefined || index.manifests.length > 1) throw new Error(`${layout} has not one index`);
  return one.digest;
}

function podman(containers: string, args: readonly string[]): void {
  const storage = ['--root', join(containers, 'storage'), '--runroot', join(containers, 'run')];
  runProgram('podman', [...storage, '--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', ...args]);
}
