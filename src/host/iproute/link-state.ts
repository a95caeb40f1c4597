import { base64, concat, fromBase64, readUint32 } from '#bytes';
import { system } from '#system';
import { danError } from '../../model/error.ts';
import type { InterfaceName } from '../../model/interface-name.ts';
import type { LinkState } from '../../model/link-state.ts';
import { dirname } from '../../model/path.ts';
import type { PodView } from '../../model/pod-view.ts';
import { makeDirectory, onFile, writeAll } from '../files.ts';
import { wait } from '../wait.ts';
import { run } from './program.ts';
import { runForJson, runToRead } from './read.ts';
import { type LinkTable, tablesOf } from '../link-tables.ts';
import { commandIn, type Site } from '../site.ts';
import type { Tool } from '../../model/tool.ts';

/** Writes down the addresses, routes and permanent neighbors of a link in the pod. Throws `command-failed`. */
export async function saveLinkState(link: InterfaceName, pod: PodView, site: Site): Promise<LinkState> {
  const routes = tablesOf(link, pod).map(async ({ family, table }) => {
    const saved = await must('ip', [`-${family}`, 'route', 'save', 'table', table, 'dev', link], site);
    return { family, table, saved: base64(saved) };
  });
  const [addresses4, addresses6, acceptDad] = await Promise.all([
    must('ip', ['-4', 'addr', 'save', 'dev', link], site),
    must('ip', ['-6', 'addr', 'save', 'dev', link], site),
    readAcceptDad(link, site),
  ]);
  return {
    addresses4: base64(addresses4),
    addresses6: base64(lastFirst(addresses6)),
    routes: await Promise.all(routes),
    neighbors: pod.neighbors.filter((neighbor) => neighbor.link === link),
    acceptDad,
  };
}

// The kernel puts a new IPv6 address before those it has. What it dumps is a mark of four bytes and netlink messages.
function lastFirst(saved: Uint8Array): Uint8Array {
  const messages: Uint8Array[] = [];
  for (let at = 4; at < saved.length; ) {
    const end = at + Math.max(16, (readUint32(saved, at) + 3) & ~3);
    messages.unshift(saved.subarray(at, end));
    at = end;
  }
  return concat([saved.subarray(0, 4), ...messages]);
}

/**
 * Gives a link in the pod back what was written down; `scratch` is the path of a file for a moment, which `ip` can seek in. Its routes are
 * those that were written down and no others: the kernel makes one for each address, which a plugin may have removed.
 * Duplicate address detection is left out, since a tentative address cannot be the source of a route, and these were
 * in use before. Throws `command-failed`.
 */
export async function restoreLinkState(
  link: InterfaceName,
  state: LinkState,
  site: Site,
  scratch: string,
): Promise<void> {
  await writeAcceptDad(link, state.acceptDad === '' ? '' : '0', site);
  for (const saved of [state.addresses4, state.addresses6]) await restore(['addr', 'restore'], saved, site, scratch);
  await noneTentative(link, site);
  for (const { family, table, saved } of state.routes) {
    await flushRoutes(link, { family, table }, site);
    await restore([`-${family}`, 'route', 'restore'], saved, site, scratch);
  }
  for (const { address, mac } of state.neighbors) {
    await must('ip', ['neigh', 'replace', address, 'lladdr', mac, 'nud', 'permanent', 'dev', link], site);
  }
  await writeAcceptDad(link, state.acceptDad, site);
}

// Another table than main may have gone with its last route.
async function flushRoutes(link: InterfaceName, { family, table }: LinkTable, site: Site): Promise<void> {
  const words = [`-${family}`, 'route', 'flush', 'table', table, 'dev', link];
  if (table === 'main') {
    await must('ip', words, site);
    return;
  }
  const [path, args, options] = commandIn('pod', site, 'ip', words);
  await run(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
}

// `ip` complains of each that is there already, and goes on. It reads routes several times over, so not from a pipe.
async function restore(words: readonly string[], saved: string, site: Site, scratch: string): Promise<void> {
  if (saved === '') return;
  makeDirectory(dirname(scratch));
  const file = onFile(`${scratch} cannot be written`, () => {
    const made = system.open(scratch, 'wx', 0o600);
    try {
      writeAll(made, fromBase64(saved));
    } finally {
      system.close(made);
    }
    return system.open(scratch, 'r');
  });
  try {
    system.unlink(scratch);
    await must('ip', words, site, file);
  } finally {
    system.close(file);
  }
}

async function noneTentative(link: InterfaceName, site: Site): Promise<void> {
  const end = system.now() + 1000;
  const [path, args, options] = commandIn('pod', site, 'ip', ['-6', '-j', 'addr', 'show', 'dev', link, 'tentative']);
  for (;;) {
    const answers = await runForJson(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
    if (!answers.flat().some((answer) => Object.keys(answer).length > 0) || system.now() > end) return;
    await wait(2);
  }
}

function acceptDadPath(link: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${link}/accept_dad`;
}

async function readAcceptDad(link: InterfaceName, site: Site): Promise<string> {
  const [path, args, options] = commandIn('pod', site, 'cat', [acceptDadPath(link)]);
  const { exitCode, stdout, stderr } = await run(path, args, {
    ...options,
    timeoutSeconds: site.timeoutSeconds,
  });
  if (exitCode === 0 || stderr.includes('No such file')) return stdout.trim();
  throw danError(
    'command-failed',
    `"cat ${acceptDadPath(link)}" in the pod ended with ${exitCode} and said: ${stderr.trim()}`,
  );
}

async function writeAcceptDad(link: InterfaceName, value: string, site: Site): Promise<void> {
  if (value === '') return;
  const [path, args, options] = commandIn('pod', site, 'tee', [acceptDadPath(link)]);
  const { exitCode, stderr } = await run(path, args, {
    ...options,
    timeoutSeconds: site.timeoutSeconds,
    input: value,
  });
  if (exitCode === 0) return;
  throw danError(
    'command-failed',
    `"tee ${acceptDadPath(link)}" in the pod ended with ${exitCode} and said: ${stderr.trim()}`,
  );
}

async function must(tool: Tool, words: readonly string[], site: Site, inputFile?: number): Promise<Uint8Array> {
  const [path, args, options] = commandIn('pod', site, tool, words);
  const { timeoutSeconds } = site;
  const input = inputFile === undefined ? {} : { inputFile };
  const { exitCode, stdout, stderr } = await runToRead(path, args, {
    ...options,
    ...input,
    timeoutSeconds,
  });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll('\n', '; ');
  throw danError('command-failed', `"${tool} ${words.join(' ')}" in the pod ended with ${exitCode} and said: ${said}`);
}
