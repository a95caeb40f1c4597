import type { CommandLine, ExitCode, Terminal } from '../../command/command.ts';
import type { Change } from '../change.ts';
import { addInterface, delInterface } from '../change-interfaces.ts';
import { givenInterface, interfacesOf } from '../interfaces.ts';
import { readInterface, readInterfaceName } from '../requests/interface-request.ts';
import { readRoute, readSelection } from '../requests/route-request.ts';
import { addRoutes, delRoutes, routesOf } from '../routes.ts';
import { answer, logTo, readObject, readObjects } from './answer.ts';
import { knownDanConf, knownSandboxes, looksCut, readKata, sandboxOf, sandboxToStart } from './sandbox.ts';

type Run = (line: CommandLine, terminal: Terminal) => Promise<ExitCode>;

/** Runs `dan kata-network add-iface`. */
export const addIface: Run = ({ arguments: [word = '', file], values }, terminal) =>
  answer(terminal, async () => {
    const request = readInterface(readObject(file, terminal));
    const kata = readKata(values.get('kata-config'));
    const { id: sandbox, isNew } = sandboxToStart(word, knownSandboxes(kata.danConf));
    const log = logTo(terminal);
    const interrupted = terminal.untilInterrupted?.();
    const { devicePath } = await addInterface({ ...kata, sandbox, request, log, interrupted });
    if (isNew && looksCut(word)) {
      const isWhole = `no sandbox was known whose id begins with ${word}: it is taken for a whole id, and has a DAN file now`;
      log('warn', isWhole);
    }
    return devicePath === undefined ? request.given : { ...request.given, pciAddr: pciAddress(devicePath) };
  });

/** Runs `dan kata-network del-iface`. */
export const delIface: Run = ({ arguments: [word = '', file] }, terminal) => {
  // What is known about the interface: the answer if it cannot be deleted.
  let known: object = {};
  const work = async (): Promise<null> => {
    const name = readInterfaceName(readObject(file, terminal));
    known = { name };
    const danConf = knownDanConf();
    const sandbox = sandboxOf(word);
    const given = givenInterface(sandbox, name);
    if (given !== undefined) known = { ...given, linkType: given.vhostUserSocket === undefined ? 'tap' : 'vhost-user' };
    // The deletion runs to its end: a half-deleted interface helps nobody.
    terminal.untilInterrupted?.();
    await delInterface({ sandbox, danConf, name, log: logTo(terminal) });
    return null;
  };
  return answer(terminal, work, () => known);
};

/** Runs `dan kata-network list-ifaces`. */
export const listIfaces: Run = ({ arguments: [word = ''] }, terminal) =>
  answer(terminal, () =>
    interfacesOf(sandboxOf(word)).map(({ record: { clientData, guestMac } }) => {
      const { name, IPAddresses, mtu } = clientData.interface;
      return { name, mac: guestMac, ip: IPAddresses.map(({ Address, Mask }) => `${Address}/${Mask}`), mtu };
    }),
  );

/** Runs `dan kata-network add-route`. */
export const addRoute: Run = ({ arguments: [word = '', file] }, terminal) =>
  answer(terminal, async () => {
    const requests = readObjects(file, terminal).map(readRoute);
    await addRoutes(changeOf(word, terminal), requests);
    return requests.map(({ given }) => given);
  });

/** Runs `dan kata-network del-route`. */
export const delRoute: Run = ({ arguments: [word = '', file] }, terminal) =>
  answer(terminal, async () => {
    const selections = readObjects(file, terminal).map(readSelection);
    return await delRoutes(changeOf(word, terminal), selections);
  });

/** Runs `dan kata-network list-routes`. */
export const listRoutes: Run = ({ arguments: [word = ''] }, terminal) =>
  answer(terminal, () => interfacesOf(sandboxOf(word)).flatMap((one) => routesOf(one).map(({ given }) => given)));

function changeOf(word: string, terminal: Terminal): Change {
  return { sandbox: sandboxOf(word), log: logTo(terminal), interrupted: terminal.untilInterrupted?.() };
}

// A bridge is given with its function, which is always 0: "02/1e" becomes slot 1e behind the bridge 02.0.
function pciAddress(devicePath: string): string {
  return devicePath.split('/').join('.0/');
}
