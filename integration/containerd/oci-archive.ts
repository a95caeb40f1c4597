import { createHash } from 'node:crypto';
import { type TarFile, type TarLink, tar } from './tar.ts';

/** An image of one layer. */
export interface OciImage {
  /** The reference under which container engines know it, such as `registry.example/dan:0.1.0`. */
  readonly name: string;
  /** `config` of the image's configuration: `Entrypoint`, `Env`, `StopSignal`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: readonly (TarFile | TarLink)[];
}

/** An OCI archive with one image, as `ctr images import` and `podman load` read it. Equal input gives equal bytes. */
export function ociArchive({ name, config, files }: OciImage): Buffer {
  const layer = tar(files);
  const configuration = json({
    architecture: 'amd64',
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: [digest(layer)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', configuration),
    layers: [descriptor('application/vnd.oci.image.layer.v1.tar', layer)],
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
        platform: { architecture: 'amd64', os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': name, 'io.containerd.image.name': name },
      },
    ],
  });
  return tar([
    { name: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', data: index },
    ...[layer, configuration, manifest].map(blob),
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
