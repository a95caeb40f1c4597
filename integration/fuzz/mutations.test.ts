import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { seed } from '../harness/seed.ts';
import { type FuzzedCall, FuzzedNode } from './node.ts';
import { type Ended, outcomeFaults } from './outcome.ts';
import { anyTrial, configOf, mutatedCall, soundCall, type Trial } from './trial.ts';

const { fuzzedCalls: trials } = effort;
const workers = 4;

// An attachment exists before some of these: otherwise they would mostly find nothing.
const wantsAttachment = ({ command, damages }: Trial): boolean =>
  ['DEL', 'CHECK', 'GC'].includes(command) && damages.length === 0;

test(`${trials} mutated calls end as CNI wants it, and nothing is left (DAN_SEED=${seed})`, {
  timeout: 300_000,
}, async () => {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      await using node = await FuzzedNode.create();
      const property = fc.asyncProperty(anyTrial, async (trial) => {
        try {
          await run(node, trial);
        } finally {
          await node.reset();
        }
      });
      await fc.assert(property, { seed: seed + worker, numRuns: trials / workers });
      expect(await node.podsLeft()).toEqual([]);
    }),
  );
});

async function run(node: FuzzedNode, trial: Trial): Promise<void> {
  const attached = wantsAttachment(trial) ? await call(node, soundCall(trial, 'ADD')) : undefined;
  const prevResult = attached?.exitCode === 0 ? { prevResult: JSON.parse(attached.stdout) as unknown } : {};
  const mutated = mutatedCall(trial, prevResult);
  const config = configOf(mutated);
  const ended = await call(node, mutated);
  const left = (after: Ended): readonly string[] =>
    node.leftovers(config).filter((what) => !(ipamRefused(after) && what.startsWith('/run/dan/attachments/')));
  let last = ended;
  if (trial.command === 'ADD') {
    // A refusal leaves nothing, even if no DEL follows.
    if (ended.exitCode !== 0) expect(left(ended), ended.stdout).toEqual([]);
    last = await call(node, { ...mutated, variables: { ...mutated.variables, CNI_COMMAND: 'DEL' } });
    // A DEL that cannot read its configuration uses what dan knows about the sandbox, and passes that on.
    const isUnread = ended.stdout.includes('[undecodable-input]') && !ipamRefused(last) && !isSwitchAway(last);
    if (ended.exitCode === 0 || isUnread) expect(last.exitCode, last.stdout).toBe(0);
    if (config?.['prevResult'] !== undefined) expect(await node.podsLeft()).toEqual([]);
  }
  if (attached?.exitCode === 0) last = await call(node, soundCall(trial, 'DEL'));
  expect(left(last), last.stdout).toEqual([]);
}

// An IPAM plugin that refuses its configuration also refuses to release: then the record stays, and says what is left
// to do.
function ipamRefused({ stdout }: Ended): boolean {
  return stdout.includes('[ipam-plugin-');
}

// A database of Open vSwitch outlives the node's links and records, so a DEL must ask it. No test has one.
function isSwitchAway({ stdout }: Ended): boolean {
  return stdout.includes('[ovs-unreachable]');
}

async function call(node: FuzzedNode, asked: FuzzedCall): Promise<Ended> {
  const ended = await node.call(asked);
  expect(outcomeFaults(asked.variables['CNI_COMMAND'] ?? '', ended)).toEqual([]);
  return ended;
}
