import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OciImage, ociArchive } from '../containerd/oci-archive.ts';
import { staticBusybox, writePauseImage } from '../containerd/pause-image.ts';
import type { TarFile, TarLink } from '../containerd/tar.ts';
import { program } from '../clients/programs.ts';
import { executable } from '../harness/plugin.ts';

/** The image in the manifests of `deploy/`, and the one to which the tests upgrade. */
const danImages = { current: 'registry.example/dan:0.1.0', next: 'registry.example/dan:0.1.1' } as const;

/** The images in the examples of `deploy/`, by digest. On the nodes, these names refer to images of the tests. */
const examples = {
  busybox:
    'registry.k8s.io/e2e-test-images/busybox@sha256:2e0f836850e09b8b7cc937681d6194537a09fbd5f6b9e08f4d646a85128e8937',
  agnhost:
    'registry.k8s.io/e2e-test-images/agnhost@sha256:99c6b4bb4a1e1df3f0b3752168c89358794d02258ebebc26bf21c29399011a85',
} as const;

export const coredns = 'registry.k8s.io/coredns/coredns:v1.15.0';
const multus = 'ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot';
/** With an explicit tag: a node would ask the registry for `latest`. */
export const whereabouts = 'ghcr.io/k8snetworkplumbingwg/whereabouts:v0.9.2';

/** The images of other projects' programs. Each node imports what it has, so a cluster names those that it needs. */
const further = { coredns: corednsImage, multus: multusImage, whereabouts: whereaboutsImage } as const;

export type FurtherImage = keyof typeof further;

/**
 * Writes the images of `deploy/`, and the further ones, as archives into a directory, and returns their paths. Nothing is
 * pulled from a registry.
 */
export async function writeImages(directory: string, names: readonly FurtherImage[] = []): Promise<readonly string[]> {
  const pause = join(directory, 'pause.tar');
  await writePauseImage(pause);
  const paths = [pause];
  const others = await Promise.all(names.map(async (name) => await further[name]()));
  for (const [at, image] of [...(await images()), ...others].entries()) {
    const path = join(directory, `image-${at}.tar`);
    await writeFile(path, ociArchive(image));
    paths.push(path);
  }
  return paths;
}

async function images(): Promise<readonly OciImage[]> {
  const dan = await readFile(executable);
  const busybox = await busyboxFiles();
  return [
    danImage(danImages.current, dan),
    // The same program, in a different file.
    danImage(danImages.next, Buffer.concat([dan, Buffer.from('\n')])),
    { name: examples.busybox, config: { Cmd: ['sh'], Env: ['PATH=/bin'] }, files: busybox },
    {
      name: examples.agnhost,
      // Serves its addresses over HTTP. In a guest, it has only the guest's files.
      config: { Entrypoint: ['sh', '-c', 'ip address show >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'] },
      files: busybox,
    },
  ];
}

/** An image like that of deploy/Dockerfile. */
function danImage(name: string, data: Buffer): OciImage {
  return { name, config: { Entrypoint: ['/dan'] }, files: [{ name: 'dan', data, executable: true }] };
}

async function busyboxFiles(): Promise<readonly (TarFile | TarLink)[]> {
  const data = await staticBusybox();
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return [
    { name: 'bin/busybox', data, executable: true },
    ...applets.filter((name) => name !== 'busybox').map((name) => ({ name: `bin/${name}`, target: 'busybox' })),
    { name: 'etc/passwd', data: Buffer.from('root:x:0:0:root:/:/bin/sh\n') },
    { name: 'tmp/.keep', data: Buffer.alloc(0) },
  ];
}

async function corednsImage(): Promise<OciImage> {
  const files = await programFiles('coredns', { coredns: 'coredns' });
  return { name: coredns, config: { Entrypoint: ['/coredns'] }, files };
}

async function multusImage(): Promise<OciImage> {
  const places = {
    thin_entrypoint: 'thin_entrypoint',
    install_multus: 'install_multus',
    multus: 'usr/src/multus-cni/bin/multus',
    'passthru-cni': 'usr/src/multus-cni/bin/passthru',
  };
  return { name: multus, config: {}, files: await programFiles('multus', places) };
}

async function whereaboutsImage(): Promise<OciImage> {
  const scripts = { 'install-cni.sh': 'install-cni.sh', 'lib.sh': 'lib.sh', 'token-watcher.sh': 'token-watcher.sh' };
  const places = { cmd: 'whereabouts', controlloop: 'ip-control-loop', ...scripts };
  return {
    name: whereabouts,
    config: { Env: ['PATH=/bin'] },
    files: [...(await busyboxFiles()), ...(await programFiles('whereabouts', places))],
  };
}

async function programFiles(
  module: FurtherImage,
  places: Readonly<Record<string, string>>,
): Promise<readonly TarFile[]> {
  const files = Object.entries(places).map(async ([built, name]) => {
    return { name, data: await readFile(program(module, built)), executable: true };
  });
  return await Promise.all(files);
}
