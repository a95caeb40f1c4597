import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** A Debian package with a pinned version and checksum, so that tests run in the same environment everywhere. */
export interface Package {
  readonly suite: string;
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** Downloads packages with a private apt, since the machine's own sources may lack the suites. Returns their paths. */
export async function download(packages: readonly Package[], directory: string): Promise<readonly string[]> {
  const apt = join(directory, 'apt');
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'deb'])
    await mkdir(join(apt, part), { recursive: true });
  const { stdout: mirror } = await execa('sh', [
    '-c',
    "cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | sed -n 's/^URIs: *//p; s/^deb .*\\(http[^ ]*debian\\) .*/\\1/p' | head -n 1",
  ]);
  const suites = [...new Set(packages.map(({ suite }) => suite))];
  const keyring = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  await writeFile(
    join(apt, 'sources.list'),
    suites.map((suite) => `deb ${keyring} ${mirror.trim()} ${suite} main\n`).join(''),
  );
  const settings = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State=${apt}/state`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${apt}/cache`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  await execa('apt-get', ['update', '-qq', ...settings]);
  const paths: string[] = [];
  for (const { name, version: wanted, sha256 } of packages) {
    const cwd = join(apt, 'deb', name);
    await mkdir(cwd);
    await execa('apt-get', ['download', '-qq', ...settings, `${name}=${wanted}`], { cwd });
    const path = join(cwd, (await readdir(cwd))[0]!);
    const is = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
    if (is !== sha256) throw new Error(`${name} ${wanted} has the checksum ${is}, and ${sha256} is pinned`);
    paths.push(path);
  }
  return paths;
}
