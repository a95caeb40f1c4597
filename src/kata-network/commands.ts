import { type Command, row } from '../command/command.ts';
import type * as runs from './commands/run.ts';
import texts from './commands.json' with { type: 'json' };

const { commands, shared } = texts;

const sandbox = { name: 'SANDBOX', kind: 'sandbox' } as const;
const file = { name: 'FILE', kind: 'file', optional: true } as const;

// Texts that several commands share are written once. Their key in braces stands for them.
function textsOf<Name extends keyof typeof commands>(name: Name): (typeof commands)[Name] {
  const withShared = (paragraph: string): string =>
    Object.entries(shared).reduce((text, [key, common]) => text.replace(`{${key}}`, common), paragraph);
  return { ...commands[name], description: commands[name].description.map(withShared) };
}

const run =
  (name: keyof typeof runs): Command['load'] =>
  async () =>
    (await import('./commands/run.ts'))[name];

/** The `dan kata-network …` rows of the command table, in the order in which help shows them. */
export const kataNetworkCommands: readonly Command[] = [
  row('kata-network add-iface', textsOf('add-iface'), {
    arguments: [sandbox, file],
    options: { 'kata-config': { name: 'FILE', kind: 'file' } },
    load: run('addIface'),
  }),
  row('kata-network del-iface', textsOf('del-iface'), { arguments: [sandbox, file], load: run('delIface') }),
  row('kata-network list-ifaces', textsOf('list-ifaces'), { arguments: [sandbox], load: run('listIfaces') }),
  row('kata-network add-route', textsOf('add-route'), { arguments: [sandbox, file], load: run('addRoute') }),
  row('kata-network del-route', textsOf('del-route'), { arguments: [sandbox, file], load: run('delRoute') }),
  row('kata-network list-routes', textsOf('list-routes'), { arguments: [sandbox], load: run('listRoutes') }),
];
