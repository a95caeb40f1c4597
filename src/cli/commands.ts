import { type Command, row } from '../command/command.ts';
import { kataIpvsCommand } from '../kata-ipvs/command.ts';
import { kataNetworkCommands } from '../kata-network/commands.ts';
import texts from './commands.json' with { type: 'json' };
import { scripts } from './completion/scripts.ts';
import { doctorCommand } from './doctor/command.ts';
import { installCommand, uninstallCommand } from './install/command.ts';
import { validateCommand } from './validate/command.ts';

const json = 'switch';

/** Every command, in the order in which help and the documentation show them. What they do is loaded when they are called. */
export const commands: readonly Command[] = [
  doctorCommand,
  row('list', texts.list, {
    options: { json, orphans: 'switch' },
    load: async () => (await import('./list/list.ts')).list,
  }),
  row('show', texts.show, {
    arguments: [{ name: 'SANDBOX', kind: 'sandbox' }],
    options: { json },
    load: async () => (await import('./show/show.ts')).show,
  }),
  row('explain', texts.explain, {
    arguments: [{ name: 'CODE|NAME|TEXT', kind: 'text', repeated: true }],
    options: { json },
    load: async () => (await import('./explain/explain.ts')).explain,
  }),
  validateCommand,
  row('schema', texts.schema, { load: async () => (await import('./schema/json-schema.ts')).schema }),
  row('plan', texts.plan, {
    arguments: [{ name: 'CONF', kind: 'file' }],
    options: {
      sandbox: { name: 'ID', kind: 'text' },
      ifname: { name: 'NAME', kind: 'text' },
      netns: { name: 'PATH', kind: 'file' },
      json,
    },
    load: async () => (await import('./plan/plan.ts')).plan,
  }),
  installCommand,
  uninstallCommand,
  ...kataNetworkCommands,
  kataIpvsCommand,
  row('completion', texts.completion, {
    arguments: [
      { name: 'SHELL', kind: [...scripts.keys()] },
      { name: 'WORDS', kind: 'text', optional: true, repeated: true },
    ],
    load: async () => (await import('./completion/completion.ts')).completion,
  }),
];
