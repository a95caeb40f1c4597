import { describe, expect, it } from 'vitest';
import { parseCleanup } from '../../../src/kata-ipvs/rules/cleanup.ts';
import { splitWords } from '../../../src/kata-ipvs/rules/options.ts';

const given = (line: string): string => {
  const cleanup = parseCleanup(splitWords(line));
  return cleanup.ok ? cleanup.value.join(' ') : cleanup.why;
};

describe('a cleanup', () => {
  it.each([
    ['--orig-dst 172.17.0.4 --protonum tcp', '-D -d 172.17.0.4 -p tcp'],
    ['-p udp -d172.17.0.4', '-D -d 172.17.0.4 -p udp'],
    ['-d FD00::0:1 -p=tcp', '-D -d fd00::1 -p tcp'],
  ])('%s', (line, words) => {
    expect(given(line)).toBe(words);
  });

  it.each([
    ['', '--orig-dst is missing'],
    ['-p tcp', '--orig-dst is missing'],
    ['-d 172.17.0.4', '--protonum is missing'],
    ['-d 172.17.0.4 -p sctp', '--protonum must be tcp or udp, not "sctp"'],
    ['-d 172.17.0.4 -p TCP', '--protonum must be tcp or udp, not "TCP"'],
    ['-d 172.17.0.4/24 -p tcp', '--orig-dst "172.17.0.4/24" is not an IP address'],
    ['-d 172.17.0.4:80 -p tcp', 'is not an IP address'],
    ['-d 172.17.0.4 -p tcp -D', '"-D" is no option here'],
    ['-d 172.17.0.4 -p tcp more', '"more" is one word too many'],
  ])('%s is refused', (line, why) => {
    expect(given(line)).toContain(why);
  });
});
