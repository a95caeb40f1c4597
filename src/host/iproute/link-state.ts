import { base64, concat, fromBase64, readUint32 } from '#bytes';
import { system } from '#system';
import type { InterfaceName } from '../../model/interface-name.ts';
import { closing, onFile, writeAll } from '../files.ts';
import { removeFile } from '../own-files.ts';
import type { Kernel } from '../kernel.ts';
import { tablesOf } from '../link-tables.ts';
import { podOf, type Site } from '../site.ts';
import { ipv6File } from '../sysctl.ts';
import type { SavedRoutes } from '../../model/pod-view.ts';
import { type Finished, wait } from '../command.ts';
import { askIn, failure, mustIn, runIn } from './tools.ts';

/** Saves the addresses, routes and permanent neighbors of a link in the pod. */
export const saveLinkState: Kernel['saveLinkState'] = async (link, pod, site) => {
  const save = async (...args: readonly string[]): Promise<Uint8Array> => {
    const saved = await mustIn('pod', site, 'ip', [...args, 'dev', link], { encoding: 'latin1' });
    return Uint8Array.from(saved, (character) => character.charCodeAt(0));
  };
  const [addresses4, addresses6, dad, routes] = await Promise.all([
    save('-4', 'addr', 'save'),
    save('-6', 'addr', 'save'),
    readAcceptDad(link, site),
    Promise.all(
      tablesOf(link, pod).map(async ({ family, table }) => {
        const saved = await save(`-${family}`, 'route', 'save', 'table', table);
        return { family, table, saved: base64(saved) };
      }),
    ),
  ]);
  return {
    addresses4: base64(addresses4),
    addresses6: base64(lastFirst(addresses6)),
    routes,
    neighbors: pod.neighbors.filter((neighbor) => neighbor.link === link),
    acceptDad: dad,
  };
};

// The kernel puts a new IPv6 address before the existing ones, so the order is reversed. A dump consists of a four-byte
// magic number and netlink messages.
function lastFirst(saved: Uint8Array): Uint8Array {
  const messages: Uint8Array[] = [];
  for (let at = 4; at < saved.length; ) {
    const end = at + Math.max(16, (readUint32(saved, at) + 3) & ~3);
    messages.unshift(saved.subarray(at, end));
    at = end;
  }
  return concat([saved.subarray(0, 4), ...messages]);
}

/** Restores what was saved to a link in the pod. */
export const restoreLinkState: Kernel['restoreLinkState'] = async (link, state, site) => {
  const setAcceptDad = async (value: string): Promise<void> => {
    if (state.acceptDad !== '') await mustIn('pod', site, 'tee', [ipv6File(link, 'accept_dad')], { input: value });
  };
  await setAcceptDad('0');
  for (const saved of [state.addresses4, state.addresses6]) {
    const args = ['addr', 'restore'];
    refuseFailed(args, await restore(link, args, saved, site));
  }
  await noneTentative(link, site);
  const refused = await restoreRoutes(link, state.routes, site);
  for (const { address, mac } of state.neighbors) {
    await mustIn('pod', site, 'ip', ['neigh', 'replace', address, 'lladdr', mac, 'nud', 'permanent', 'dev', link]);
  }
  await setAcceptDad(state.acceptDad);
  return refused;
};

/** How a program ended, and its complaints. */
type Ended = Pick<Finished, 'exitCode' | 'stderr'>;

/** The exit code of `ip` if the kernel refused something. */
const refusedByKernel = 2;

/** A mark for temporary routes, and a metric that makes IPv6 prefer them. */
const meanwhile = 'proto 99 metric 1';

// A gateway may be reachable only by a route that the kernel makes for an address, and that a plugin then removed. A
// temporary copy of such routes exists while the saved ones are restored. If a DEL is killed in between, the next DEL
// flushes them.
async function restoreRoutes(
  link: InterfaceName,
  tables: readonly SavedRoutes[],
  site: Site,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const family of [4, 6] as const) {
    const inMain = ['table', 'main', 'dev', link];
    const shown = await askIn('pod', site, 'ip', [`-${family}`, '-j', 'route', 'show', ...inMain, 'proto', 'kernel']);
    const ofFamily = tables.filter((one) => one.family === family);
    for (const { table } of ofFamily) {
      const flush = [`-${family}`, 'route', 'flush', 'table', table, 'dev', link];
      // A table other than main may have disappeared with its last route.
      if (table === 'main') await mustIn('pod', site, 'ip', flush);
      else await runIn('pod', site, 'ip', flush);
    }
    const lines = shown.flat().map(({ dst }) => `route add ${String(dst)} dev ${link} ${meanwhile}\n`);
    await mustIn('pod', site, 'ip', [`-${family}`, '-batch', '-'], { input: lines.join('') });
    for (const { table, saved } of ofFamily) {
      const args = [`-${family}`, 'route', 'restore'];
      const finished = await restore(link, args, saved, site);
      if (finished.exitCode === refusedByKernel) refused.push(`routes of table ${table}: ${finished.stderr.trim()}`);
      else refuseFailed(args, finished);
    }
    await mustIn('pod', site, 'ip', [`-${family}`, 'route', 'flush', ...inMain, 'proto', '99']);
  }
  return refused;
}

function refuseFailed(args: readonly string[], finished: Ended): void {
  if (finished.exitCode !== 0) throw failure(`ip ${args.join(' ')}`, 'pod', finished);
}

// `ip` complains about each object that already exists, and continues. It reads routes several times, so it needs a
// file rather than a pipe; the file is unlinked at once. Its name belongs to this link alone, whose DELs wait for each
// other. If a DEL is killed in between, the next one removes the file.
async function restore(link: InterfaceName, args: readonly string[], saved: string, site: Site): Promise<Ended> {
  if (saved === '') return { exitCode: 0, stderr: '' };
  const path = `/run/dan/restore-${system.fstat(podOf(site)).ino}-${link}`;
  removeFile(path, { durable: false });
  const file = onFile(`${path} cannot be written`, () => {
    return closing(system.open(path, 'wx', 0o600), (made) => {
      system.unlink(path);
      writeAll(made, fromBase64(saved));
      return system.open(`/proc/self/fd/${made}`, 'r');
    });
  });
  try {
    return await runIn('pod', site, 'ip', args, { inputFile: file });
  } finally {
    system.close(file);
  }
}

async function noneTentative(link: InterfaceName, site: Site): Promise<void> {
  const end = system.now() + 1000;
  const isTentative = async (): Promise<boolean> => {
    const answers = await askIn('pod', site, 'ip', ['-6', '-j', 'addr', 'show', 'dev', link, 'tentative']);
    return answers.flat().some((answer) => Object.keys(answer).length > 0);
  };
  while ((await isTentative()) && system.now() <= end) await wait(2);
}

async function readAcceptDad(link: InterfaceName, site: Site): Promise<string> {
  const finished = await runIn('pod', site, 'cat', [ipv6File(link, 'accept_dad')]);
  if (finished.exitCode === 0 || finished.stderr.includes('No such file')) return finished.stdout.trim();
  throw failure(`cat ${ipv6File(link, 'accept_dad')}`, 'pod', finished);
}
