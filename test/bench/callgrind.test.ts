import { expect, test } from 'vitest';
import { callgrindJob, collected } from '../../bench/launch/callgrind.ts';

const log = `==3== Callgrind, a call-graph generating cache profiler
==3== Command: /usr/lib/cni/bridge
==3== 
==3== Events    : Ir
==3== Collected : 1069829
==3== 
==3== I   refs:      1,069,829
`;

test('what callgrind has counted is read from its log', () => {
  expect(collected(log)).toBe(1_069_829);
});

test('a log without a count is shown', () => {
  const failed = "Callgrind: threads.c:247 (vgCallgrind_post_signal): Assertion 'sigNum' failed.";
  expect(() => collected(failed)).toThrow(`callgrind has counted nothing: ${failed}`);
});

test('a program keeps its arguments, its environment and its input', () => {
  const { argv, env, input } = callgrindJob(
    { argv: ['/dan', 'word'], env: { CNI_COMMAND: 'ADD' }, input: '{}' },
    '/log',
  );
  expect(argv[0]).toBe('/usr/bin/valgrind');
  expect(argv.slice(-3)).toEqual(['--log-file=/log', '/dan', 'word']);
  expect(env).toMatchObject({ CNI_COMMAND: 'ADD' });
  expect(input).toBe('{}');
});
