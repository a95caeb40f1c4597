import type { Command } from '../command/command.ts';
import { completionCommand } from './completion/command.ts';
import { doctorCommand } from './doctor/command.ts';
import { explainCommand } from './explain/command.ts';
import { gcCommand } from './gc/command.ts';
import { kataIpvsCommand } from '../kata-ipvs/command.ts';
import { kataNetworkCommands } from '../kata-network/commands.ts';
import { listCommand } from './list/command.ts';
import { showCommand } from './show/command.ts';
import { installCommand, uninstallCommand } from './install/command.ts';
import { planCommand } from './plan/command.ts';
import { schemaCommand } from './schema/command.ts';
import { validateCommand } from './validate/command.ts';

/** Every command, in the order in which help and the documentation show them. */
export const commands: readonly Command[] = [
  doctorCommand,
  listCommand,
  showCommand,
  gcCommand,
  explainCommand,
  validateCommand,
  schemaCommand,
  planCommand,
  installCommand,
  uninstallCommand,
  ...kataNetworkCommands,
  kataIpvsCommand,
  completionCommand,
];
