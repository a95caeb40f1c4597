import { readFile, writeFile } from 'node:fs/promises';
import { ociArchive } from './oci-archive.ts';

/** The reference under which containerd and podman know the image. */
export const pauseImage = 'localhost/pause:dan';

// Debian's busybox-static: one file that runs without any other.
const busybox = '/bin/busybox';

/**
 * Writes an OCI archive with one image, {@link pauseImage}, whose only program waits to be killed. Nothing is pulled
 * from a registry. `ctr images import` and `podman load` both read it.
 */
export async function writePauseImage(path: string): Promise<void> {
  const archive = ociArchive({
    name: pauseImage,
    // As process 1 it has no handler for SIGTERM, so the kernel would drop it: ask for SIGKILL at once.
    config: { Entrypoint: ['/busybox', 'sleep', 'inf'], StopSignal: 'SIGKILL' },
    files: [{ name: 'busybox', data: await staticBusybox(), executable: true }],
  });
  await writeFile(path, archive);
}

/** Debian's busybox; throws if it does not run without any other file. */
export async function staticBusybox(): Promise<Buffer> {
  const program = await readFile(busybox);
  if (!program.includes('/ld-linux')) return program;
  throw new Error(
    `${busybox} needs a dynamic linker, which an image of the tests does not have: install busybox-static`,
  );
}
