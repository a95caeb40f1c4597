import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const directory = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));

interface Job {
  readonly if?: string;
  readonly container?: unknown;
  readonly services?: unknown;
  readonly permissions?: unknown;
  readonly 'runs-on': string;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: Record<string, unknown> }[];
}

interface Workflow {
  readonly on: readonly string[];
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

describe.each(workflows)('$file', ({ text, workflow }) => {
  it('takes each action by its commit, with the version beside it', () => {
    const lines = text.split('\n').filter((line) => line.includes('uses:'));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^ +- uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it('may read the repository and nothing else, in each job', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(Object.values(workflow.jobs).filter(({ permissions }) => permissions !== undefined)).toEqual([]);
    expect(text).not.toMatch(/secrets\./);
  });

  it('is started by a push and by a pull request, and never with the rights of the repository for a stranger’s change', () => {
    expect(workflow.on).toEqual(['push', 'pull_request']);
  });
});

describe.each(jobs)('the job $name of $file', ({ job }) => {
  it('needs no container: none is privileged, and no image is asked for', () => {
    expect([job.container, job.services]).toEqual([undefined, undefined]);
    expect(JSON.stringify(job)).not.toContain('privileged');
    expect(job['runs-on']).toMatch(/^ubuntu-\d\d\.\d\d$/);
  });

  it('becomes root only for what is in the repository already', () => {
    if (JSON.stringify(job).includes('sudo')) expect(job.if).toBe("github.event_name == 'push'");
  });

  it('keeps no token in the clone', () => {
    const checkouts = job.steps.filter(({ uses }) => uses?.startsWith('actions/checkout@') === true);
    expect(checkouts.map((step) => step.with)).toEqual([{ 'persist-credentials': false }]);
  });
});

it('a job for strangers runs the checks, and one for this repository runs all tests', () => {
  const runs = jobs.map(({ job }) => [job.if ?? 'always', job.steps.at(-1)?.run?.split(' ').at(-1)]);
  expect(runs).toEqual([
    ['always', '.ci/checks'],
    ["github.event_name == 'push'", '.ci/run'],
  ]);
});
