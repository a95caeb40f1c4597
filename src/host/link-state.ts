import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { danError } from '../model/error.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { run } from './command.ts';
import { makeDirectory, temporaryName } from './files.ts';
import { runForJson } from './json.ts';
import { commandIn, type Site } from './site.ts';
import type { Tool } from './tools.ts';

/** Addresses and routes of a link as the kernel itself writes them down, in base64: nothing of them is lost. */
export interface LinkState {
  readonly addresses: string;
  readonly routes4: string;
  readonly routes6: string;
  /** accept_dad of the link; empty without IPv6. */
  readonly acceptDad: string;
}

/** Writes down the addresses and the main routes of a link in the pod. Throws `command-failed`. */
export async function saveLinkState(link: InterfaceName, site: Site): Promise<LinkState> {
  const [addresses, routes4, routes6, acceptDad] = await Promise.all([
    save(['addr', 'save', 'dev', link], site),
    save(['-4', 'route', 'save', 'table', 'main', 'dev', link], site),
    save(['-6', 'route', 'save', 'table', 'main', 'dev', link], site),
    readAcceptDad(link, site),
  ]);
  return { addresses, routes4, routes6, acceptDad };
}

/**
 * Gives a link in the pod back what was written down; `directory` is for a file that `ip` can seek in. Its routes are
 * those that were written down and no others: the kernel makes one for each address, which a plugin may have removed.
 * Duplicate address detection is left out, since a tentative address cannot be the source of a route, and these were
 * in use before. Throws `command-failed`.
 */
export async function restoreLinkState(
  link: InterfaceName,
  state: LinkState,
  site: Site,
  directory: string,
): Promise<void> {
  await writeAcceptDad(link, state.acceptDad === '' ? '' : '0', site);
  await restore(['addr', 'restore'], state.addresses, site, directory);
  await noneTentative(link, site);
  for (const [family, routes] of [
    ['-4', state.routes4],
    ['-6', state.routes6],
  ] as const) {
    await must('ip', [family, 'route', 'flush', 'table', 'main', 'dev', link], site);
    await restore([family, 'route', 'restore'], routes, site, directory);
  }
  await writeAcceptDad(link, state.acceptDad, site);
}

async function save(words: readonly string[], site: Site): Promise<string> {
  return Buffer.from(await must('ip', words, site), 'latin1').toString('base64');
}

// `ip` complains of each that is there already, and goes on. It reads routes several times over, so not from a pipe.
async function restore(words: readonly string[], saved: string, site: Site, directory: string): Promise<void> {
  if (saved === '') return;
  makeDirectory(directory);
  const path = temporaryName(directory, 'restore');
  writeFileSync(path, Buffer.from(saved, 'base64'), { flag: 'wx', mode: 0o600 });
  const file = openSync(path, 'r');
  try {
    rmSync(path);
    await must('ip', words, site, file);
  } finally {
    closeSync(file);
  }
}

async function noneTentative(link: InterfaceName, site: Site): Promise<void> {
  const end = performance.now() + 1000;
  const [path, args, options] = commandIn('pod', site, 'ip', ['-6', '-j', 'addr', 'show', 'dev', link, 'tentative']);
  for (;;) {
    const answers = await runForJson(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
    if (!answers.flat().some((answer) => Object.keys(answer).length > 0) || performance.now() > end) return;
    await wait(2);
  }
}

function acceptDadPath(link: InterfaceName): string {
  return `/proc/sys/net/ipv6/conf/${link}/accept_dad`;
}

async function readAcceptDad(link: InterfaceName, site: Site): Promise<string> {
  const [path, args, options] = commandIn('pod', site, 'cat', [acceptDadPath(link)]);
  const { stdout } = await run(path, args, { ...options, timeoutSeconds: site.timeoutSeconds });
  return stdout.trim();
}

async function writeAcceptDad(link: InterfaceName, value: string, site: Site): Promise<void> {
  if (value === '') return;
  const [path, args, options] = commandIn('pod', site, 'tee', [acceptDadPath(link)]);
  await run(path, args, { ...options, timeoutSeconds: site.timeoutSeconds, input: value });
}

async function must(tool: Tool, words: readonly string[], site: Site, inputFile?: number): Promise<string> {
  const [path, args, options] = commandIn('pod', site, tool, words);
  const { timeoutSeconds } = site;
  const input = inputFile === undefined ? {} : { inputFile };
  const { exitCode, stdout, stderr } = await run(path, args, {
    ...options,
    ...input,
    timeoutSeconds,
    encoding: 'latin1',
  });
  if (exitCode === 0) return stdout;
  const said = stderr.trim().replaceAll('\n', '; ');
  throw danError('command-failed', `"${tool} ${words.join(' ')}" in the pod ended with ${exitCode} and said: ${said}`);
}
