import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const directory = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));

interface Job {
  readonly if?: string;
  readonly container?: unknown;
  readonly services?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'runs-on': string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[];
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = globSync('*', { cwd: directory }).map((file) => {
  const text = readFileSync(`${directory}${file}`, 'utf8');
  return { file, text, workflow: parse(text) as Workflow };
});

const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ file, name, job })),
);

describe.each(workflows)('$file', ({ file, text, workflow }) => {
  it('takes each action by its commit, with the version beside it', () => {
    const lines = text.split('\n').filter((line) => line.includes('uses:'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^ +- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may read the repository and nothing else, unless a release is made', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(text).not.toMatch(/secrets\./);
    const more = Object.values(workflow.jobs).flatMap(({ permissions = {} }) => Object.keys(permissions));
    expect(more).toEqual(file === 'release.yml' ? ['contents', 'packages', 'id-token', 'attestations'] : []);
  });

  it('never runs with the rights of the repository for a stranger’s change', () => {
    const started = {
      'test.yml': ['push', 'pull_request'],
      'kubernetes.yml': { schedule: [{ cron: '47 2 * * *' }], workflow_dispatch: null },
      'soak.yml': { schedule: [{ cron: '17 1 * * *' }], workflow_dispatch: null },
      'release.yml': { push: { tags: ['v*'] } },
    }[file];
    expect(workflow.on).toEqual(started);
  });
});

describe.each(jobs)('the job $name of $file', ({ file, job }) => {
  it('needs no container: none is privileged, and no image is asked for', () => {
    expect([job.container, job.services]).toEqual([undefined, undefined]);
    expect(JSON.stringify(job)).not.toContain('privileged');
    expect(job['runs-on']).toMatch(/^ubuntu-\d\d\.\d\d$/);
  });

  it('becomes root only for what is in the repository already', () => {
    const isOfStrangers = file === 'test.yml' && job.if !== "github.event_name == 'push'";
    expect(isOfStrangers && JSON.stringify(job).includes('sudo')).toBe(false);
  });

  it('keeps no token in the clone', () => {
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@') === true);
    expect(checkouts.map((step) => step.with)).toEqual([{ 'persist-credentials': false }]);
  });
});

it('a job for strangers runs the checks, and jobs for this repository run all that .ci/run does', () => {
  const runs = jobs
    .filter(({ file }) => file === 'test.yml')
    .map(({ job }) => [job.if ?? 'always', job.steps.at(-1)?.run?.replace(/^.*\/srv\/debian /, '')]);
  const pushed = "github.event_name == 'push'";
  expect(runs).toEqual([
    ['always', '.ci/checks'],
    [pushed, '.ci/shard ${{ matrix.shard }}'],
    [pushed, 'npm run test:clients'],
  ]);
});

it('the shards are shares of one whole', () => {
  const test = workflows.find(({ file }) => file === 'test.yml')?.text ?? '';
  const [, list = '[]'] = /shard: (\[.*\])/.exec(test) ?? [];
  const shards = JSON.parse(list) as readonly string[];
  expect(shards).toEqual(shards.map((_, at) => `${at + 1}/${shards.length}`));
});
