import { type ExitCode, type Terminal, type Words, WrongUse } from '../../command/command.ts';
import { carryOut } from './carry-out.ts';
import { hashOf } from './file-state.ts';
import { lookAtNode } from './node.ts';
import { planFor } from './plan.ts';
import { readQuestion } from './question.ts';
import { stayAfter } from './stay.ts';

/** Runs `dan install`: exit code 1 where it was refused, and then nothing was changed. */
export async function install(words: Words, terminal: Terminal): Promise<ExitCode> {
  return await stayAfter(() => installNow(words, terminal), 'install', words, terminal);
}

async function installNow(words: Words, terminal: Terminal): Promise<ExitCode> {
  const question = readQuestion(words, terminal);
  const { executable } = terminal;
  if (executable === undefined) {
    throw new WrongUse(
      'dan install: the file of what runs is not known, so it cannot be put on the node. The program for Node is more than ' +
        'one file: call the compiled executable, dist/dan. That one finds itself in /proc, which has to be mounted',
    );
  }
  const node = await lookAtNode(question.tree, question.kataConfig);
  const plan = planFor(question, node, hashOf(executable));
  return carryOut(plan, { tree: question.tree, executable }, words, terminal);
}
