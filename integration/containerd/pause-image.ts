import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { type TarFile, tar } from './tar.ts';

/** The reference under which containerd and podman know the image. */
export const pauseImage = 'localhost/pause:dan';

// Debian's busybox-static: one file that runs without any other.
const busybox = '/bin/busybox';

/**
 * Writes an OCI archive with one image, {@link pauseImage}, whose only program waits to be killed. Nothing is pulled
 * from a registry. `ctr images import` and `podman load` both read it.
 */
export async function writePauseImage(path: string): Promise<void> {
  await writeFile(path, archive(await staticBusybox()));
}

async function staticBusybox(): Promise<Buffer> {
  const program = await readFile(busybox);
  if (!program.includes('/ld-linux')) return program;
  throw new Error(`${busybox} needs a dynamic linker, which the pause image does not have: install busybox-static`);
}

function archive(program: Buffer): Buffer {
  const layer = tar([{ name: 'busybox', data: program, executable: true }]);
  const config = json({
    architecture: 'amd64',
    os: 'linux',
    // As process 1 it has no handler for SIGTERM, so the kernel would drop it: ask for SIGKILL at once.
    config: { Entrypoint: ['/busybox', 'sleep', 'inf'], StopSignal: 'SIGKILL' },
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': pauseImage, 'io.containerd.image.name': pauseImage },
      },
    ],
  });
  return tar([
    { name: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', data: index },
    ...[layer, config, manifest].map(blob),
  ]);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function digest(data: Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function descriptor(mediaType: string, data: Buffer): object {
  return { mediaType, digest: digest(data), size: data.length };
}

function blob(data: Buffer): TarFile {
  return { name: `blobs/${digest(data).replace(':', '/')}`, data };
}
