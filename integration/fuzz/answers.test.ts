import fc from 'fast-check';
import { expect, test } from 'vitest';
import { effort } from '../harness/effort.ts';
import { seed } from '../harness/seed.ts';
import { IpamBench } from '../ipam/plugins.ts';
import type { Json } from './corpus.ts';
import { anyChange, anyDamage, changed, damaged } from './mutate.ts';
import { outcomeFaults } from './outcome.ts';

const { fuzzedAnswers: trials } = effort;
const workers = 2;

/** Seconds after which a call counts as hanging, even on a busy machine. */
const patience = 10;

const answer: Json = {
  cniVersion: '1.1.0',
  interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:09' }],
  ips: [
    { address: '10.88.0.9/24', gateway: '10.88.0.1', interface: 0 },
    { address: 'fd00:88::9/64', gateway: 'fd00:88::1' },
  ],
  routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0', gw: 'fd00:88::1', mtu: 1400 }],
  dns: { nameservers: ['10.88.0.1'], domain: 'a.example', search: ['b.example'], options: ['ndots:2'] },
};
const refusal: Json = { cniVersion: '1.1.0', code: 11, msg: 'try again', details: 'later' };

const anyAnswer = fc.record({
  fails: fc.boolean(),
  changes: fc.array(anyChange, { maxLength: 3 }),
  damages: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(anyDamage, { minLength: 1, maxLength: 2 }) },
  ),
});

test(`${trials} mutated answers of IPAM plugins end as CNI wants it, and nothing is left (DAN_SEED=${seed})`, {
  timeout: 900_000,
}, async () => {
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      await using bench = await IpamBench.create();
      await bench.become('cat /run/plugins/answer; exit $(cat /run/plugins/code)');
      const property = fc.asyncProperty(anyAnswer, async ({ fails, changes, damages }) => {
        const text = JSON.stringify(changed(fails ? refusal : answer, changes));
        const input = damaged(new TextEncoder().encode(text), damages);
        const write = `cat >/run/plugins/answer; echo ${fails ? 1 : 0} >/run/plugins/code`;
        await bench.host.run('sh', ['-c', write], { input });
        const begin = Date.now();
        const added = await bench.call('ADD');
        expect(Date.now() - begin).toBeLessThan(patience * 1000);
        expect(outcomeFaults('ADD', { ...added, timedOut: false })).toEqual([]);
        if (added.exitCode !== 0) expect(await bench.left(), added.stdout).toEqual([]);
        expect((await bench.call('DEL')).exitCode).toBe(0);
        expect(await bench.left()).toEqual([]);
      });
      await fc.assert(property, { seed: seed + worker, numRuns: trials / workers });
    }),
  );
});
