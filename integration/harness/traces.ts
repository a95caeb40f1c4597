import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Host } from './host.ts';

/** Where a sandbox leaves files: DAN files, records of attachments, leases of host-local, results of libcni. */
const directories = ['/run/kata-containers/dans', '/run/dan/attachments', '/var/lib/cni'];

/** host-local keeps these files as long as the network exists. */
const kept = /^(lock|last_reserved_ip\..*)$/;

/** Programs that run for a sandbox. */
const program = /^(?:.*\/)?((?:busybox|conmon|containerd-shim|node|qemu-system-x86|runc)\S*)$/;

/**
 * Everything in a host that belongs to its sandboxes, one line each, such as `link dan3f9c1e7a02b`: links except `lo`
 * and bridges, network namespaces, files, processes, cgroups. After the last sandbox, nothing must be left. Reads files
 * alone, and starts no program: tests ask for this thousands of times.
 */
export async function traces(host: Host): Promise<readonly string[]> {
  const root = `/proc/${host.pid}/root`;
  const namespaces = await readdir(`${root}/run/netns`).catch(missing<string>);
  const files = await Promise.all(directories.map((path) => filesBelow(host, path)));
  return [
    ...(await links(root)),
    ...namespaces.sort().map((name) => `netns ${name}`),
    ...files.flat().flatMap((path) => (kept.test(basename(path)) ? [] : [`file ${path}`])),
    ...(await processes(root)).map((name) => `process ${name}`),
    ...(await cgroups(host)).map((path) => `cgroup ${path}`),
  ];
}

async function links(root: string): Promise<readonly string[]> {
  const names = await readdir(`${root}/sys/class/net`);
  const lines = names.sort().map(async (name) => {
    const inside = await readdir(`${root}/sys/class/net/${name}`).catch(missing<string>);
    return name === 'lo' || inside.length === 0 || inside.includes('bridge') ? [] : [`link ${name}`];
  });
  return (await Promise.all(lines)).flat();
}

/** The paths below a directory of a host that are no directories, sorted; none if the directory is not there. */
export async function filesBelow(host: Host, directory: string): Promise<readonly string[]> {
  const root = `/proc/${host.pid}/root`;
  const entries = await readdir(root + directory, { recursive: true, withFileTypes: true }).catch(missing<Dirent>);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length))
    .sort();
}

async function processes(root: string): Promise<readonly string[]> {
  const ids = (await readdir(`${root}/proc`)).filter((name) => /^\d+$/.test(name));
  const names = ids.map(async (id) => {
    // A process that has ended meanwhile has no command line.
    const [first = ''] = (await readFile(`${root}/proc/${id}/cmdline`, 'utf8').catch(() => '')).split('\0');
    return program.exec(first)?.slice(1) ?? [];
  });
  return (await Promise.all(names)).flat();
}

async function cgroups({ cgroup }: Host): Promise<readonly string[]> {
  const top = '/sys/fs/cgroup';
  const hierarchies = (await readdir(top, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const roots = [top + cgroup, ...hierarchies.map(({ name }) => `${top}/${name}${cgroup}`)];
  const found = roots.map(async (path) => {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(missing<Dirent>);
    const inside = entries.filter((entry) => entry.isDirectory() && entry.name !== 'conmon');
    return inside.map(({ parentPath, name }) => join(parentPath, name));
  });
  return (await Promise.all(found)).flat().sort();
}

function missing<T>(error: unknown): T[] {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return [];
  throw error;
}
