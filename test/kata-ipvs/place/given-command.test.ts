import { describe, expect, it } from 'vitest';
import { runThrough, splitCommand } from '../../../src/kata-ipvs/place/place.ts';

describe('the words of a command', () => {
  it.each([
    ['ssh -T root@guest', ['ssh', '-T', 'root@guest']],
    ['  a\tb\n c ', ['a', 'b', 'c']],
    [`/opt/my tool' s' "a  b" c"d 'e"'f "g'`, ['/opt/my', 'tool s', 'a  b', `cd 'ef "g`]],
    [`a '' ""`, ['a', '', '']],
    ['a \\b $HOME `c` * ; d', ['a', '\\b', '$HOME', '`c`', '*', ';', 'd']],
  ])('%s', (command, words) => {
    expect(splitCommand(command)).toEqual(words);
  });

  it.each([
    ["a 'b", 'a quote is not closed'],
    ['a "b\'', 'a quote is not closed'],
    ['', '--exec is empty'],
    ['  ', '--exec is empty'],
  ])('%j is refused', (command, why) => {
    expect(() => splitCommand(command)).toThrow(why);
  });
});

describe('a command', () => {
  const call = { program: 'ipvsadm', words: ['-A', '-t', '[fd00::1]:80'], seconds: 10 } as const;

  it('gets the program and its words as they are, and the input', async () => {
    const script = `for word; do echo "<$word>"; done; cat`;
    const finished = await runThrough(`sh -c '${script}' sh "a  *"`, { directory: '/' }, { ...call, input: 'rules\n' });
    expect(finished).toEqual({
      exitCode: 0,
      stdout: '<a  *>\n<ipvsadm>\n<-A>\n<-t>\n<[fd00::1]:80>\nrules\n',
      stderr: '',
    });
  });

  it('is found by its name, by its path, or not at all', async () => {
    expect(await runThrough('/bin/echo', { directory: '/' }, call)).toMatchObject({
      stdout: 'ipvsadm -A -t [fd00::1]:80\n',
    });
    expect(await runThrough('./echo', { directory: '/bin' }, call)).toMatchObject({
      stdout: 'ipvsadm -A -t [fd00::1]:80\n',
    });
    await expect(runThrough('no-such-program', { directory: '/' }, call)).rejects.toThrow(
      'the program "no-such-program" of --exec is in no directory of programs: give its path',
    );
    await expect(runThrough('./no-such-program', { directory: '/' }, call)).rejects.toMatchObject({
      name: 'command-failed',
    });
  });
});
