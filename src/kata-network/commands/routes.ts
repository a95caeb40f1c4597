import type { Change } from '../change.ts';
import { addRoutes, delRoutes } from '../change-routes.ts';
import { routesOf } from '../file-routes.ts';
import { interfacesOf } from '../interfaces.ts';
import { readRoute, readSelection } from '../requests/route-request.ts';
import type { ExitCode, Terminal, Words } from '../../command/command.ts';
import { answer, listed, logTo } from './answer.ts';
import { readObjects } from './input.ts';
import { sandboxOf } from './kata.ts';

/** Runs `dan kata-network add-route`. */
export async function addRoute({ arguments: [word = '', file] }: Words, terminal: Terminal): Promise<ExitCode> {
  return await answer(terminal, async () => {
    const requests = readObjects(file, terminal).map(readRoute);
    await addRoutes(changeOf(word, terminal), requests);
    return requests.map(({ given }) => given);
  });
}

/** Runs `dan kata-network del-route`. */
export async function delRoute({ arguments: [word = '', file] }: Words, terminal: Terminal): Promise<ExitCode> {
  return await answer(terminal, async () => {
    const selections = readObjects(file, terminal).map(readSelection);
    return await delRoutes(changeOf(word, terminal), selections);
  });
}

/** Runs `dan kata-network list-routes`. */
export async function listRoutes({ arguments: [word = ''] }: Words, terminal: Terminal): Promise<ExitCode> {
  return await answer(terminal, () =>
    listed(interfacesOf(sandboxOf(word)).flatMap((one) => routesOf(one).map(({ given }) => given))),
  );
}

function changeOf(word: string, terminal: Terminal): Change {
  return { sandbox: sandboxOf(word), log: logTo(terminal), interrupted: terminal.untilInterrupted?.() };
}
