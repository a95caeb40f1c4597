import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/kata-ipvs/rules/options.ts';
import { parseRule, schedulers } from '../../../src/kata-ipvs/rules/rule.ts';

const given = (line: string): string => {
  const rule = parseRule(splitWords(line), 'added');
  return rule.ok ? rule.value.words.join(' ') : `refused: ${rule.why}`;
};
const refused: string = expect.stringMatching(/^refused: /);

describe('what the documents show', () => {
  it.each([
    ['--add-service --tcp-service 172.17.0.7:80 --scheduler rr --persistent 3000', '-A -t 172.17.0.7:80 -s rr -p 3000'],
    [
      '--edit-service --tcp-service 172.17.0.7:80 --scheduler rr --persistent 5000',
      '-E -t 172.17.0.7:80 -s rr -p 5000',
    ],
    ['--delete-service --tcp-service 172.17.0.7:80', '-D -t 172.17.0.7:80'],
    [
      '--add-server --tcp-service 172.17.0.7:80 --real-server 172.17.0.4:80 --weight 100',
      '-a -t 172.17.0.7:80 -r 172.17.0.4:80 -m -w 100',
    ],
    [
      '--edit-server --tcp-service 172.17.0.7:80 --real-server 172.17.0.4:80 --weight 200',
      '-e -t 172.17.0.7:80 -r 172.17.0.4:80 -m -w 200',
    ],
    ['--delete-server --tcp-service 172.17.0.7:80 --real-server 172.17.0.4:80', '-d -t 172.17.0.7:80 -r 172.17.0.4:80'],
    ['--list', '-L -n'],
    ['--list --tcp-service 172.17.0.7:80', '-L -n -t 172.17.0.7:80'],
    ['--set 100 100 200', '--set 100 100 200'],
  ])('%s', (line, words) => {
    expect(given(line)).toBe(words);
  });
});

describe('the same, said otherwise', () => {
  it.each([
    ['-A -u 10.0.0.1:53 -s sh -p 1', '-A -u 10.0.0.1:53 -s sh -p 1'],
    ['  -At10.0.0.1:80\t-s=rr --persistent=1\n', '-A -t 10.0.0.1:80 -s rr -p 1'],
    ['-p 1 -s rr -t 10.0.0.1:80 -A', '-A -t 10.0.0.1:80 -s rr -p 1'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80', '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m', '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -m'],
    ['-e -t 10.0.0.1:80 -r 10.0.0.2:80 -w 0', '-e -t 10.0.0.1:80 -r 10.0.0.2:80 -m -w 0'],
    ['-A -t [FD00:0::1]:80 -s rr -p 1', '-A -t [fd00::1]:80 -s rr -p 1'],
    ['-a -u [fd00::1]:53 -r [fd00::2]:53', '-a -u [fd00::1]:53 -r [fd00::2]:53 -m'],
    ['-Ln', '-L -n'],
    ['-l -u 10.0.0.1:53', '-L -n -u 10.0.0.1:53'],
    ['--set --tcp 1 --tcpfin 2 --udp 3', '--set 1 2 3'],
    ['--set --udp=3 --tcp=1 --tcpfin=2', '--set 1 2 3'],
  ])('%s', (line, words) => {
    expect(given(line)).toBe(words);
  });
});

describe('bounds, from both sides', () => {
  const service = '-A -t 10.0.0.1:80 -s rr -p';
  const server = '-a -t 10.0.0.1:80 -r 10.0.0.2:80 -w';
  it.each([
    ...['-A -t 10.0.0.1:1 -s rr -p 9', '-A -t 10.0.0.1:65535 -s rr -p 9', '-A -u 10.0.0.1:1 -s rr -p 9'],
    ...[`${service} 1`, `${service} 2678400`, ...['0', '1', '65535'].map((weight) => `${server} ${weight}`)],
    ...['-d -t 10.0.0.1:80 -r 10.0.0.2:1', '-d -t 10.0.0.1:80 -r 10.0.0.2:65535', '-D -t [fd00::1]:65535'],
    ...['--set 0 0 0', '--set 1296000 1296000 1296000'],
    ...schedulers.map((scheduler) => `-A -t 10.0.0.1:80 -s ${scheduler} -p 9`),
  ])('%s is taken', (line) => {
    expect(given(line)).not.toEqual(refused);
  });

  it.each([
    ['-A -t 10.0.0.1:0 -s rr -p 9', 'the port must be a whole number from 1 to 65535, not "0"'],
    ['-A -t 10.0.0.1:65536 -s rr -p 9', 'from 1 to 65535'],
    ['-A -u 10.0.0.1:0 -s rr -p 9', '--udp-service "10.0.0.1:0": the port'],
    ['-D -t [fd00::1]:65536', 'from 1 to 65535'],
    ['-d -t 10.0.0.1:80 -r 10.0.0.2:0', '--real-server "10.0.0.2:0"'],
    ['-d -t 10.0.0.1:80 -r 10.0.0.2:65536', 'from 1 to 65535'],
    [`${service} 0`, '--persistent must be a whole number from 1 to 2678400, not "0"'],
    [`${service} 2678401`, 'from 1 to 2678400'],
    [`${server} -1`, '--weight must be a whole number from 0 to 65535, not "-1"'],
    [`${server} 65536`, 'from 0 to 65535'],
    ['--set -1 0 0', '"-1" is no option here'],
    ['--set 1296001 0 0', 'the timeout tcp must be a whole number from 0 to 1296000, not "1296001"'],
    ['--set 0 1296001 0', 'the timeout tcpfin'],
    ['--set 0 0 1296001', 'the timeout udp'],
    ['--set --tcp=-1 --tcpfin=0 --udp=0', 'the timeout tcp must be'],
  ])('%s is refused', (line, why) => {
    expect(given(line)).toEqual(refused);
    expect(given(line)).toContain(why);
  });
});

describe('what is refused', () => {
  it.each([
    ['', 'no command is given: one of --add-service, --edit-service, --delete-service'],
    ['-t 10.0.0.1:80', 'no command is given'],
    ['-A -a -t 10.0.0.1:80', '--add-service and --add-server are two commands'],
    ['-A -s rr -p 9', '--add-service needs --tcp-service or --udp-service'],
    ['-A -t 10.0.0.1:80 -u 10.0.0.1:80 -s rr -p 9', '--tcp-service and --udp-service are two services'],
    ['-A -t 10.0.0.1:80 -p 9', '--add-service needs --scheduler'],
    ['-E -t 10.0.0.1:80 -s rr', '--edit-service needs --persistent'],
    ['-A -t 10.0.0.1:80 -s fo -p 9', '--scheduler must be one of rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq'],
    ['-A -t 10.0.0.1:80 -s RR -p 9', '--scheduler must be one of'],
    ['-A -t 10.0.0.1:80 -s rr -p', '"-p" needs a value'],
    ['-A -t 10.0.0.1:80 -s rr -p 9 -w 1', '--add-service takes no --weight'],
    ['-A -t 10.0.0.1:80 -s rr -p 9 more', '"more" is one word too many'],
    ['-D', '--delete-service needs --tcp-service or --udp-service'],
    ['-D -t 10.0.0.1:80 -s rr', '--delete-service takes no --scheduler'],
    ['-a -t 10.0.0.1:80', '--add-server needs --real-server'],
    ['-a -t 10.0.0.1:80 -r 10.0.0.2:80 -g', '"-g" is no option here'],
    ['-a -t 10.0.0.1:80 -r [fd00::2]:80', 'must both be IPv4, or both IPv6'],
    ['-d -r 10.0.0.2:80', '--delete-server needs --tcp-service or --udp-service'],
    ['-d -t 10.0.0.1:80 -r 10.0.0.2:80 -w 1', '--delete-server takes no --weight'],
    ['-L -t 10.0.0.1:80 -u 10.0.0.1:80', 'are two services'],
    ['-L 10.0.0.1:80', '"10.0.0.1:80" is one word too many'],
    ['-L -c', '"-c" is no option here'],
    ['-C', '"-C" is no option here'],
    ['--set 1 2', '--set needs three numbers: tcp, tcpfin and udp; udp is missing'],
    ['--set', 'tcp is missing'],
    ['--set 1 2 3 4', '"4" is one word too many'],
    ['--set 1 --tcp 2 --udp 3', '--set takes three numbers, or each by its name, not both'],
    ['--set 1 2 3 -t 10.0.0.1:80', '--set takes no --tcp-service'],
    ['--set 1 2 0x3', 'not "0x3"'],
    ['-D -t 10.0.0.1', 'must be IP:PORT, or [IP]:PORT for IPv6'],
    ['-D -t fd00::1:80', 'must be IP:PORT, or [IP]:PORT for IPv6'],
    ['-D -t [10.0.0.1]:80', 'an IPv6 address stands in brackets, and no other does'],
    ['-D -t [fd00::1%eth0]:80', 'must not name a zone'],
    ['-D -t [::ffff:10.0.0.1]:80', 'IPv4-mapped'],
    ['-D -t localhost:80', 'is not an IP address'],
    ['-D -t 10.0.0.1:http', 'not "http"'],
    ['-D -t 10.0.0.1:080', 'not "080"'],
    ['-D -t 10.0.0.01:80', 'must not have leading zeros'],
    ['-D -t 10.0.0.1:80;reboot', 'not "80;reboot"'],
    ['-D -t $(reboot):80', 'is not an IP address'],
    ['-A -t 10.0.0.1:80 -s rr -p 1e3', 'not "1e3"'],
    ['-A -t 10.0.0.1:80 -s rr -p 99999999999', 'from 1 to 2678400'],
  ])('%s', (line, why) => {
    expect(given(line)).toEqual(refused);
    expect(given(line)).toContain(why);
  });
});
