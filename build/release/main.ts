import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageFile from '../../package.json' with { type: 'json' };
import { runProgram } from '../run-program.ts';
import { changesOf } from './changelog.ts';
import { digestOf, makeImage, pushImage } from './image.ts';
import { buildAt, collect, differences } from './programs.ts';

// Makes all files of a release in dist/release/: builds the commit in two folders, compares all bytes, and makes the
// image for both processors. Then it uploads them, unless `--dry-run` is given. A missing condition for a release is an
// error; a dry run only reports it.

const root = fileURLToPath(new URL('../../', import.meta.url));
const release = join(root, 'dist', 'release');
const { version } = packageFile;
const tag = `v${version}`;

const words = process.argv.slice(2).join(' ');
if (words === '' || words === '--dry-run') {
  make(words === '--dry-run');
} else {
  process.stderr.write('usage: npm run release [-- --dry-run]\n');
  process.exitCode = 2;
}

function make(isDry: boolean): void {
  const missing = missingFor();
  if (!isDry && missing.length > 0) throw new Error(`this is no release yet: ${missing.join('; ')}`);
  for (const fault of missing) say(`before the release: ${fault}`);

  const work = mkdtempSync(join(tmpdir(), 'dan-release-'));
  try {
    say(`building ${tag} twice, below ${work}`);
    const first = buildAt(root, join(work, 'first'));
    const second = buildAt(root, join(work, 'second', 'in', 'another', 'place'));
    const unlike = differences(first, second);
    if (unlike.length > 0) throw new Error(`two builds of one commit differ: ${unlike.join(', ')}`);
    say('both builds have the same bytes');

    rmSync(release, { recursive: true, force: true });
    mkdirSync(release, { recursive: true });
    collect(first, release);
    const notes = changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version) ?? 'No changes are listed.\n';
    writeFileSync(join(release, 'NOTES.md'), notes);
    makeImage(root, first, join(work, 'containers'), join(release, 'image'));
    const digest = digestOf(join(release, 'image'));
    say(`image for linux/amd64 and linux/arm64: ${digest}`);
    say(readFileSync(join(release, 'SHA256SUMS'), 'utf8').trim());
    if (isDry) say(`dry run: nothing was uploaded; see ${release}`);
    else upload(join(work, 'containers'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The conditions for a release that this commit does not meet. */
function missingFor(): readonly string[] {
  const git = (...args: readonly string[]): string => runProgram('git', args, { cwd: root }).trim();
  return [
    ...(git('status', '--porcelain') === '' ? [] : ['the working tree has changes that are not committed']),
    ...(git('tag', '--points-at', 'HEAD').split('\n').includes(tag) ? [] : [`the commit has no tag ${tag}`]),
    ...(changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version) === undefined
      ? [`CHANGELOG.md has no section for ${version}`]
      : []),
    ...(existsSync(join(root, 'integration', 'upgrade', version))
      ? []
      : [`integration/upgrade has no attachments of ${version}: run "npm run capture:attachments"`]),
  ];
}

// GH_TOKEN and GITHUB_REPOSITORY come from the workflow.
function upload(containers: string): void {
  const { GITHUB_REPOSITORY: repository } = process.env;
  if (repository === undefined) throw new Error('GITHUB_REPOSITORY, as OWNER/NAME, says where the release goes');
  const files = readdirSync(release)
    .filter((name) => name !== 'NOTES.md' && name !== 'image')
    .map((name) => join(release, name));
  const notes = ['--notes-file', join(release, 'NOTES.md')];
  runProgram('gh', ['release', 'create', tag, '--verify-tag', '--title', tag, ...notes, ...files], { cwd: root });
  pushImage(containers, `ghcr.io/${repository.toLowerCase()}:${version}`);
  say(`released ${tag}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
