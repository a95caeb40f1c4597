import { type ExitCode, type Terminal, type Words, WrongUse } from '../command.ts';
import { carryOut } from './carry-out.ts';
import { hashOf } from './file-state.ts';
import { lookAtNode } from './node.ts';
import { planFor } from './plan.ts';
import { readQuestion } from './question.ts';

/** Runs `dan install`: exit code 1 where it was refused, and then nothing was changed. */
export async function install(words: Words, terminal: Terminal): Promise<ExitCode> {
  const question = readQuestion(words, terminal);
  const { executable } = terminal;
  if (executable === undefined) {
    throw new WrongUse(
      'dan install: what runs is the program for Node, and a container runtime starts one file that needs nothing else: ' +
        'call the compiled executable, dist/dan',
    );
  }
  const node = await lookAtNode(question.tree, question.kataConfig);
  const plan = planFor(question, node, hashOf(executable));
  return carryOut(plan, { tree: question.tree, executable }, words, terminal);
}
