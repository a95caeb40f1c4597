import { addInterface } from '../add-interface.ts';
import { delInterface } from '../del-interface.ts';
import type { GivenInterface } from '../requests/given.ts';
import { readInterface, readInterfaceName } from '../requests/interface-request.ts';
import { type AddedInterface, givenInterface, interfacesOf } from '../interfaces.ts';
import type { ExitCode, Terminal, Words } from '../../command/command.ts';
import { answer, listed, logTo } from './answer.ts';
import { readObject } from './input.ts';
import { knownDanConf, readKata, sandboxOf } from './kata.ts';
import { knownSandboxes } from '../sandboxes.ts';
import { looksCut, sandboxToStart } from './sandbox.ts';

/** Runs `dan kata-network add-iface`. */
export async function addIface({ arguments: [word = '', file], values }: Words, terminal: Terminal): Promise<ExitCode> {
  return await answer(terminal, async () => {
    const request = readInterface(readObject(file, terminal));
    const kata = readKata(values.get('kata-config'));
    const { id: sandbox, isNew } = sandboxToStart(word, knownSandboxes(kata.danConf));
    const log = logTo(terminal);
    const interrupted = terminal.untilInterrupted?.();
    await addInterface({ ...kata, sandbox, request, log, interrupted });
    if (isNew && looksCut(word)) {
      log(
        'warn',
        `no sandbox was known whose id begins with ${word}: it is taken for a whole id, and has a DAN file now`,
      );
    }
    return request.given;
  });
}

/** Runs `dan kata-network del-iface`. */
export async function delIface({ arguments: [word = '', file] }: Words, terminal: Terminal): Promise<ExitCode> {
  // What is known of the interface, for the answer where it cannot be deleted.
  let known: object = {};
  return await answer(
    terminal,
    async () => {
      const name = readInterfaceName(readObject(file, terminal));
      known = { name };
      const danConf = knownDanConf();
      const sandbox = sandboxOf(word);
      const given = givenInterface(sandbox, name);
      if (given !== undefined) known = withLinkType(given);
      // It goes on to its end: what is half deleted helps nobody.
      terminal.untilInterrupted?.();
      await delInterface({ sandbox, danConf, name, log: logTo(terminal) });
      return null;
    },
    () => known,
  );
}

/** Runs `dan kata-network list-ifaces`. */
export async function listIfaces({ arguments: [word = ''] }: Words, terminal: Terminal): Promise<ExitCode> {
  return await answer(terminal, () => listed(interfacesOf(sandboxOf(word)).map(shown)));
}

function shown({ record: { clientData, guestMac } }: AddedInterface): object {
  const { name, IPAddresses, mtu } = clientData.interface;
  return { name, mac: guestMac, ip: IPAddresses.map(({ Address, Mask }) => `${Address}/${Mask}`), mtu };
}

function withLinkType(given: GivenInterface): object {
  return { ...given, linkType: given.vhostUserSocket === undefined ? 'tap' : 'vhost-user' };
}
