import { text, utf8 } from '#bytes';
import { lingering, type Program, type ProgramOptions, type System } from '../../../src/host/system/system.ts';
import { wait } from '../../../src/host/command.ts';
import { makeFile, refusalOf, type Seen, type Situations } from './seen.ts';

/** How programs that are started can behave, beyond the tests of `run`. */
export function startSituations(system: System): Situations {
  const shell = (script: string, options: Partial<ProgramOptions>, ...args: readonly string[]): Program =>
    system.start('/bin/sh', ['-c', script, 'sh', ...args], {
      variables: { PATH: '/usr/bin:/bin' },
      outputLimit: 1024 * 1024,
      ...options,
    });
  const ending = async ({ ended }: Program): Promise<Seen> => {
    const { exitCode, stdout, stderr } = await ended;
    return { exitCode, stdout: text(stdout), stderr: text(stderr) };
  };

  return {
    'every byte': async () => {
      const input = Uint8Array.from({ length: 256 }, (_, at) => at);
      const [{ stdout }, { stderr }] = await Promise.all([
        shell('cat', { input }).ended,
        shell('cat >&2', { input }).ended,
      ]);
      return { stdout: [...stdout], stderr: [...stderr] };
    },
    'an open input': async () => {
      const said: string[] = [];
      const program = shell('while read a; do echo "got $a"; done; echo end; echo err >&2; exit 3', {
        input: 'open',
        onOutput: (bytes) => said.push(text(bytes)),
      });
      program.write(utf8('one\n'));
      while (said.length === 0) await wait(1);
      const first = said.join('');
      program.write(utf8('two\n'));
      program.endInput();
      const ended = await ending(program);
      return { first, lines: said.join('').split('\n').sort(), ended };
    },
    'an open input that nobody reads': async () => {
      const program = shell('exec 0<&-; exit 5', { input: 'open' });
      const many = new Uint8Array(1024 * 1024);
      while (!(await hasEnded(program))) program.write(many);
      program.write(many);
      program.endInput();
      return await ending(program);
    },
    'much input': async () => {
      const { exitCode, stdout } = await shell('wc -c', { input: new Uint8Array(3_000_000) }).ended;
      return { exitCode, stdout: text(stdout).trim() };
    },
    'too much output': async () => {
      const { exitCode, stdout } = await shell('exec head -c 70000 /dev/zero', { outputLimit: 1000 }).ended;
      return { exitCode, isMore: stdout.length > 1000 };
    },
    'too much output as it comes': async () => {
      let length = 0;
      const onOutput = (bytes: Uint8Array): void => {
        length += bytes.length;
      };
      const { exitCode } = await shell('exec yes', { outputLimit: 200_000, onOutput }).ended;
      return { exitCode, isMore: length > 200_000 };
    },
    'much output, of which each piece takes dan long': async () => {
      let length = 0;
      const onOutput = (bytes: Uint8Array): void => {
        length += bytes.length;
        for (const end = system.now() + 1.5 * lingering; system.now() < end; );
      };
      const { exitCode } = await shell('exec head -c 60000 /dev/zero', { onOutput }).ended;
      return { exitCode, length };
    },
    'too much of its complaints': async () => {
      const { exitCode } = await shell('exec yes >&2', { outputLimit: 1000 }).ended;
      return { exitCode };
    },
    'a kill': async () => {
      const program = shell('exec sleep 60', {});
      return { isKilled: program.kill(), ended: await ending(program), again: program.kill() };
    },
    'a kill of its group': async () => {
      const program = shell('sleep 60; true', { group: true });
      await wait(50);
      return { isKilled: program.kill(), ended: await ending(program) };
    },
    'a kill after its end': async () => {
      const program = shell('exit 6', {});
      const ended = await ending(program);
      return { ended, isKilled: program.kill() };
    },
    'a session of its own': async () => {
      const script = 'read -r _ _ _ _ group session _ </proc/self/stat; [ "$group$session" = "$$$$" ] && echo own';
      return { group: await ending(shell(script, { group: true })), none: await ending(shell(script, {})) };
    },
    'no such program': async () => await refusalOf(() => startMissing().ended, 'code', 'errno', 'syscall'),
    'no such program, which nobody waits for yet': async () => {
      const program = startMissing();
      await wait(20);
      program.write(utf8('a'));
      program.endInput();
      return { isKilled: program.kill(), ...(await refusalOf(() => program.ended, 'code')) };
    },
    'none of the files that are open': async (directory) => {
      const path = makeFile(system, directory);
      // Numbers that no shell uses.
      const files = Array.from({ length: 40 }, () => system.open(path, 'r'));
      const lost = files.filter((file) => file > 10).map(String);
      const script = 'for file; do [ ! -e /proc/self/fd/$file ] || echo $file; done';
      const ended = await ending(shell(script, {}, ...lost));
      for (const file of files) system.close(file);
      return { hasMany: lost.length > 10, ended };
    },
    'a lock alone': async (directory) => {
      const file = system.open(makeFile(system, directory), 'r');
      return await ending(shell('[ ! -e /proc/self/fd/3 ] && cat <&4', { lock: file }));
    },
  };

  function startMissing(): Program {
    return system.start('/no/such', [], { variables: {}, input: 'open', outputLimit: 1000 });
  }

  async function hasEnded({ ended }: Program): Promise<boolean> {
    return await Promise.race([ended.then(() => true), wait(1).then(() => false)]);
  }
}
