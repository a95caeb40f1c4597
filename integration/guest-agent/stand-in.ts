import type { Deed, SeenCall } from '../../test/agent/fake-agent.ts';
import { awaitCard } from './card.ts';
import {
  type AskedInterface,
  type AskedNeighbor,
  type AskedRoute,
  interfaceCommands,
  type Link,
  neighborCommand,
  routeCommand,
  routesInOrder,
} from './commands.ts';
import { type PrintedAddress, type PrintedRoute, toInterfaces, toRoutes } from './lists.ts';
import type { Shell } from './shell.ts';

/** Options of a stand-in. */
export interface StandInOptions {
  /** The methods that its policy blocks. */
  readonly blocked?: readonly string[];
}

/** Bytes of a script that are sent over a guest's serial port at once. */
const longestScript = 16_000;

/** What the real agent appends to each error message. */
const trace = '\n\nStack backtrace:\n   0: <unknown>\n   1: <unknown>';

/**
 * Does what Kata's agent does in a call, with `ip` in a guest: the manners of a {@link FakeAgent}. It follows the agent
 * of Kata 4.1.0 (src/agent/src/rpc.rs and netlink.rs), including its oddities; the tests beside it compare it with
 * recorded answers of the real one. The agent's end of ttrpc is on this side of the guest's serial port, the actions
 * are in the guest.
 */
export function standIn(guest: Shell, { blocked = [] }: StandInOptions = {}): (call: SeenCall) => Promise<Deed> {
  // The lock of the agent's sandbox: calls of all clients run one after the other.
  let last: Promise<unknown> = Promise.resolve();
  return async ({ method, asked }) => {
    if (blocked.includes(method)) return { refuse: 7, words: `${method}Request is blocked by policy: []` };
    try {
      if (method === 'UpdateInterface') await awaitCard(guest, (asked as InterfaceRequest).interface.devicePath);
      const deed = last.then(() => act(guest, method, asked));
      last = deed.catch(() => undefined);
      return { answer: await deed };
    } catch (error) {
      return { refuse: 13, words: `${error instanceof Error ? error.message : String(error)}${trace}` };
    }
  };
}

interface InterfaceRequest {
  readonly interface: AskedInterface;
}

async function act(guest: Shell, method: string, asked: object): Promise<object> {
  switch (method) {
    case 'UpdateInterface': {
      const wanted = (asked as InterfaceRequest).interface;
      await updateInterface(guest, wanted);
      return wanted;
    }
    case 'UpdateRoutes': {
      await updateRoutes(
        guest,
        (asked as { readonly routes: { readonly Routes: readonly AskedRoute[] } }).routes.Routes,
      );
      return listRoutes(guest);
    }
    case 'AddARPNeighbors': {
      interface Asked {
        readonly neighbors: { readonly ARPNeighbors: readonly AskedNeighbor[] };
      }
      const { ARPNeighbors } = (asked as Asked).neighbors;
      await inTurn(
        guest,
        ARPNeighbors,
        neighborCommand,
        ({ toIPAddress }, why) =>
          `Failed to add ARP neighbours: Failed to add ARP neighbor ${toIPAddress.address}: ${why}`,
      );
      return {};
    }
    case 'ListInterfaces':
      return { Interfaces: toInterfaces(await printed<PrintedAddress>(guest, 'ip -json address')) };
    case 'ListRoutes':
      return listRoutes(guest);
    default:
      throw new Error(`/grpc.AgentService/${method} is not supported`);
  }
}

async function updateInterface(guest: Shell, wanted: AskedInterface): Promise<void> {
  const commands = interfaceCommands(wanted, await printed<Link>(guest, 'ip -json link'));
  await inTurn(
    guest,
    commands,
    (command) => command,
    (_, why) => `update interface: ${why}`,
  );
}

async function updateRoutes(guest: Shell, routes: readonly AskedRoute[]): Promise<void> {
  await inTurn(guest, routesInOrder(routes), routeCommand, ({ family, source, dest, gateway }, why) => {
    const what = `(src: ${source}, dst: ${dest}, gtw: ${gateway},Err: ${why})`;
    return `Failed to update routes: Failed to add IP v${family === 1 ? 6 : 4} route ${what}`;
  });
}

async function listRoutes(guest: Shell): Promise<object> {
  const [four, six] = [
    await printed<PrintedRoute>(guest, 'ip -json -4 route show table main'),
    await printed<PrintedRoute>(guest, 'ip -json -6 route show table main'),
  ];
  return { Routes: [...toRoutes(four, 4), ...toRoutes(six, 6)] };
}

async function printed<T>(guest: Shell, command: string): Promise<readonly T[]> {
  const { exitCode, output } = await guest.sh(command);
  if (exitCode !== 0) throw new Error(`${command}: ${output}`);
  return (output.trim() === '' ? [] : JSON.parse(output)) as readonly T[];
}

/** Runs a command for each element, as many as fit at a time, up to the first that fails. */
async function inTurn<T>(
  guest: Shell,
  all: readonly T[],
  commandOf: (one: T) => string,
  words: (one: T, why: string) => string,
): Promise<void> {
  const lines = all.map((one, at) => `${commandOf(one)} || { echo "#${at}"; exit 1; }\n`);
  for (let at = 0; at < lines.length; ) {
    let script = '';
    while (at < lines.length && script.length + (lines[at]?.length ?? 0) < longestScript) script += lines[at++] ?? '';
    const { exitCode, output } = await guest.sh(script);
    if (exitCode === 0) continue;
    const [, why = output, which = ''] = /^([^]*)#(\d+)\s*$/.exec(output) ?? [];
    const failed = all[Number(which)];
    throw new Error(failed === undefined ? why : words(failed, why.trim()));
  }
}
