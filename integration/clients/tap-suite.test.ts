import { beforeAll, expect, test } from 'vitest';
import { Host } from '../harness/host.ts';
import { executable } from '../harness/plugin.ts';
import { traces } from '../harness/traces.ts';
import { installPlugins } from './node.ts';
import { program } from './programs.ts';

// The test suite of the reference tap plugin, run on dan's executable. tap-suite-edits.ts lists where a host-tap
// differs, and docs/clients.md has the table of the specs.

/** A spec in Ginkgo's report. */
interface Spec {
  readonly LeafNodeType: string;
  readonly LeafNodeText: string;
  readonly State: string;
  readonly Failure?: { readonly Message: string };
}

const specs = [
  'add, check and remove a tap device run correctly',
  'add, check and remove a tap device as a bridge port',
];
const knownVersions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];
/** Results of these versions have one address of each family and no interfaces, so dan's results do not fit. */
const refusedVersions = ['0.1.0', '0.2.0'];

const titles = (versions: readonly string[]): readonly string[] =>
  versions.flatMap((version) => specs.map((spec) => `[${version}] ${spec}`));

let results: ReadonlyMap<string, Spec> = new Map();
let left: readonly string[] = [];

beforeAll(async () => {
  await using host = await Host.create();
  const report = '/run/report.json';
  const plugins = await installPlugins(host, 'newest');
  const { stdout, stderr } = await host.run(
    program('plugins', 'tap-suite'),
    ['-ginkgo.no-color', `-ginkgo.json-report=${report}`],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DAN: executable, PLUGINS: plugins }, cwd: '/run' },
  );
  const text = await host.sh(`cat ${report}`).catch(() => {
    throw new Error(`the tap suite wrote no report:\n${stdout}${stderr}`);
  });
  const suites = JSON.parse(text) as readonly { readonly SpecReports: readonly Spec[] }[];
  const its = suites.flatMap(({ SpecReports }) => SpecReports).filter(({ LeafNodeType }) => LeafNodeType === 'It');
  results = new Map(its.map((spec) => [spec.LeafNodeText, spec]));
  left = await traces(host);
});

test('the tap suite has the fourteen specs that docs/clients.md names', () => {
  expect([...results.keys()].sort()).toEqual([...titles([...refusedVersions, ...knownVersions])].sort());
});

test.for(titles(knownVersions))('the tap suite passes with dan: %s', (title) => {
  const { State: state, Failure: failure } = results.get(title)!;
  expect({ state, failure: failure?.Message ?? '' }).toEqual({ state: 'passed', failure: '' });
});

test.for(titles(refusedVersions))('dan refuses the CNI version of the tap suite: %s', (title) => {
  const { State: state, Failure: failure } = results.get(title)!;
  expect(state).toBe('failed');
  expect(failure!.Message).toContain('cniVersion');
});

test('the tap suite leaves nothing behind', () => {
  expect(left.filter((trace) => !trace.startsWith('netns '))).toEqual([]);
});
