import { type Command, row } from '../command/command.ts';
import { profileNames } from '../dan/profile.ts';
import { kataIpvsCommand } from '../kata-ipvs/command.ts';
import { kataNetworkCommands } from '../kata-network/commands.ts';
import texts from './commands.json' with { type: 'json' };
import { scripts } from './completion/scripts.ts';

const json = 'switch';
const file = { name: 'FILE', kind: 'file' } as const;
const directory = { name: 'DIRECTORY', kind: 'directory' } as const;
const carriedOut = { root: directory, 'dry-run': 'switch', json } as const;

/** Every command, in the order of the help and the documentation. Its code is loaded when it is called. */
export const commands: readonly Command[] = [
  row('doctor', texts.doctor, {
    options: { problems: 'switch', json, 'kata-config': file, root: directory },
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  }),
  row('list', texts.list, {
    options: { json, orphans: 'switch' },
    load: async () => (await import('./list/list.ts')).list,
  }),
  row('show', texts.show, {
    arguments: [{ name: 'SANDBOX', kind: 'sandbox' }],
    options: { json },
    load: async () => (await import('./show/show.ts')).show,
  }),
  row('gc', texts.gc, {
    options: { 'dry-run': 'switch' },
    load: async () => (await import('./gc/gc.ts')).gc,
  }),
  row('metrics', texts.metrics, {
    options: { listen: { name: 'ADDRESS:PORT', kind: 'text' }, textfile: file },
    load: async () => (await import('./metrics/metrics.ts')).metrics,
  }),
  row('explain', texts.explain, {
    arguments: [{ name: 'CODE|NAME|TEXT', kind: 'text', repeated: true }],
    options: { json },
    load: async () => (await import('./explain/explain.ts')).explain,
  }),
  row('validate', texts.validate, {
    arguments: [file],
    options: { runtime: { name: 'READER', kind: profileNames }, json },
    load: async () => (await import('./validate/validate.ts')).validate,
  }),
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
  row('install', texts.install, {
    options: {
      config: { name: 'NAME|FILE', kind: 'file' },
      'conf-dir': directory,
      shared: 'switch',
      'node-address': { name: 'ADDRESS', kind: 'text' },
      'bin-dir': directory,
      'kata-config': file,
      ...carriedOut,
    },
    load: async () => (await import('./install/install.ts')).install,
  }),
  row('uninstall', texts.uninstall, {
    options: carriedOut,
    load: async () => (await import('./install/install.ts')).uninstall,
  }),
  row('wait', texts.wait, { load: async () => (await import('./install/wait.ts')).wait }),
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
