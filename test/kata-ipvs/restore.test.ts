import { describe, expect, it } from 'vitest';
import type { Call, RunInSandbox } from '../../src/kata-ipvs/place/call.ts';
import { restoreRules } from '../../src/kata-ipvs/restore.ts';
import { readRuleFile } from '../../src/kata-ipvs/rules/rule-file.ts';
import { danError } from '../../src/model/error.ts';
import { Interruption } from '../../src/protocol/interruption.ts';

const text = '-A -t 10.0.0.1:80 -s rr -p 9\n-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m\n';
const parsed = readRuleFile(text);
const rules = parsed.ok ? parsed.value : [];

interface Table {
  readonly lines?: string[];
  /** How many rules the kernel accepts. */
  readonly takes?: number;
  /** The command line of the call that cannot be made, or that is refused. */
  readonly breaks?: string;
  readonly refuses?: string;
}

/** A table of rules that behaves like that of ip_vs under ipvsadm, whose exit code is that of its last rule. */
function tableOf({ lines = [], takes = 20_000, breaks, refuses }: Table): {
  run: RunInSandbox;
  calls: string[];
  lines: string[];
} {
  const calls: string[] = [];
  const said = { stdout: '', stderr: '' };
  const run = ({ words, input = '' }: Call) => {
    const call = words.join(' ');
    calls.push(call);
    if (call === breaks) return Promise.reject(danError('command-timeout', 'it did not end'));
    if (call === refuses) return Promise.resolve({ exitCode: 2, stdout: '', stderr: 'no ip_vs\n' });
    if (call === '-S -n') return Promise.resolve({ ...said, exitCode: 0, stdout: lines.join('\n') });
    if (call === '-C') lines.length = 0;
    else lines.push(...input.trim().split('\n').slice(0, takes));
    return Promise.resolve({ ...said, exitCode: 0, stderr: lines.length < takes ? '' : 'Memory allocation problem\n' });
  };
  return { run, calls, lines };
}

describe('restoring', () => {
  it('an empty table holds the rules then, and nothing is said', async () => {
    const { run, calls, lines } = tableOf({});
    expect(await restoreRules(rules, run)).toBeUndefined();
    expect(calls).toEqual(['-S -n', '-R', '-S -n']);
    expect(`${lines.join('\n')}\n`).toBe(text);
  });

  it('a table with rules stays as it is', async () => {
    const { run, calls } = tableOf({ lines: ['-A -t 10.0.0.9:80 -s rr -p 9'] });
    expect(await restoreRules(rules, run)).toBe(
      'the sandbox holds 1 rule, and it must hold none: delete its services first; nothing was changed',
    );
    expect(calls).toEqual(['-S -n']);
  });

  it('a table that cannot be read stays as it is', async () => {
    const { run, calls } = tableOf({ refuses: '-S -n' });
    expect(await restoreRules(rules, run)).toBe('no ip_vs');
    expect(calls).toEqual(['-S -n']);
  });

  it('a table that took some of the rules is empty again, although ipvsadm does not fail', async () => {
    const { run, lines } = tableOf({ takes: 1 });
    expect(await restoreRules(rules, run)).toBe(
      '1 of 2 rules were taken (Memory allocation problem); the table is empty again',
    );
    expect(lines).toEqual([]);
  });

  it('a table is cleared where ipvsadm fails, although all rules are there', async () => {
    const { run, calls } = tableOf({ refuses: '-R' });
    expect(await restoreRules(rules, run)).toBe('0 of 2 rules were taken (no ip_vs); the table is empty again');
    expect(calls.slice(-2)).toEqual(['-C', '-S -n']);
  });

  it('a table is cleared where ipvsadm does not end', async () => {
    const { run, calls } = tableOf({ breaks: '-R' });
    await expect(restoreRules(rules, run)).rejects.toMatchObject({
      name: 'command-timeout',
      details: 'the table is empty again',
    });
    expect(calls.slice(-2)).toEqual(['-C', '-S -n']);
  });

  it('a table is cleared where it is interrupted', async () => {
    const { run, calls, lines } = tableOf({ takes: 1 });
    const interruption = new Interruption();
    const interrupted: RunInSandbox = async (call) => {
      const finished = await run(call);
      if (call.words[0] !== '-R') return finished;
      expect(call.interrupted).toBe(interruption);
      throw danError('interrupted', 'SIGINT came');
    };
    const restored = restoreRules(rules, interrupted, interruption);
    await expect(restored).rejects.toMatchObject({ name: 'interrupted', details: 'the table is empty again' });
    expect(calls.slice(-2)).toEqual(['-C', '-S -n']);
    expect(lines).toEqual([]);
  });

  it('a table is cleared until what was interrupted has ended', async () => {
    const { run, calls, lines } = tableOf({ takes: 1 });
    let goesOn = 2;
    const restored = restoreRules(rules, async (call) => {
      const finished = await run(call);
      if (call.words[0] === '-C' && goesOn-- > 0) lines.push('-A -t 10.0.0.1:80 -s rr -p 9');
      return finished;
    });
    expect(await restored).toContain('the table is empty again');
    expect(calls.filter((call) => call === '-C')).toHaveLength(3);
  });

  it('what cannot be cleared is told', async () => {
    const { run } = tableOf({ takes: 1, refuses: '-C' });
    expect(await restoreRules(rules, run)).toContain('some rules may be left in the sandbox: no ip_vs');
    const broken = tableOf({ takes: 1, breaks: '-C' });
    expect(await restoreRules(rules, broken.run)).toContain('some rules may be left in the sandbox: it did not end');
  });
});
