import { describe, expect, it } from 'vitest';
import { readRuleFile, ruleFileText } from '../../../src/kata-ipvs/rules/rule-file.ts';

const documented = `-A -t 10.10.11.12:100 -s rr -p 3000
-a -t 10.10.11.12:100 -r 172.16.0.1:80 -m
-a -t 10.10.11.12:100 -r 172.16.0.1:81 -m
-a -t 10.10.11.12:100 -r 172.16.0.1:82 -m
`;

const read = (text: string): string => {
  const rules = readRuleFile(text);
  return rules.ok ? ruleFileText(rules.value) : rules.why;
};

function manyRules(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const service = `10.${Math.trunc(index / 1000)}.${Math.trunc(index / 4) % 250}.1:80`;
    return index % 4 === 0 ? `-A -t ${service} -s rr -p 9` : `-a -t ${service} -r 10.200.0.${index % 4}:80 -m`;
  });
  return lines.join('\n');
}

describe('a file of rules', () => {
  it('is read as the document has it, with other names and white space too', () => {
    expect(read(documented)).toBe(documented);
    expect(read(documented.replaceAll('\n', ' \r\n\n').replaceAll(' -r', '\t--real-server'))).toBe(documented);
    expect(read(documented.trimEnd())).toBe(documented);
    expect(read('-A -u [fd00::1]:53 -s sh -p 1\n-a -u [fd00::1]:53 -r [fd00::2]:53 -m -w 0\n')).toContain('-m -w 0');
  });

  it('may have 20,000 rules, and not one more', () => {
    expect(read(manyRules(20_000))).toBe(`${manyRules(20_000)}\n`);
    expect(read(`\n${manyRules(20_001)}`)).toMatch(/^line 20002: this is rule 20001; a sandbox holds at most 20000,/);
  });

  it('must have rules', () => {
    expect(read('')).toBe('there are no rules');
    expect(read(' \n\n')).toBe('there are no rules');
  });

  it.each([
    ['-a -t 10.10.11.12:100 -r 172.16.0.2:80', 'line 5: --add-server must say -m (NAT) here'],
    [
      '-a -t 10.10.11.12:100 -r 172.16.0.1:80 -m',
      'line 5: a line before adds the server -t 10.10.11.12:100 -r 172.16.0.1:80',
    ],
    ['-A -t 10.10.11.12:100 -s wrr -p 1', 'line 5: a line before adds the service -t 10.10.11.12:100 already'],
    ['-a -u 10.10.11.12:100 -r 172.16.0.1:80 -m', 'line 5: no line before adds the service -u 10.10.11.12:100'],
    ['\n-A -t 10.10.11.13:100 -s rr -p 0', 'line 6: --persistent must be a whole number'],
    ['-D -t 10.10.11.12:100', 'line 5: --delete-service cannot be restored'],
    ['--set 1 2 3', 'line 5: --set cannot be restored'],
    ['# a comment', 'line 5: no command is given'],
    ['$(reboot)', 'line 5: no command is given'],
  ])('with the line %j is refused', (line, why) => {
    expect(read(`${documented}${line}\n${documented}`)).toContain(why);
  });

  it('is refused for the first wrong line of several', () => {
    expect(read(`-x\n${documented}-y\n`)).toBe('line 1: "-x" is no option here');
  });
});
