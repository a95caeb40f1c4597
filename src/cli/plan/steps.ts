import { shellWord } from '../../command/shell-word.ts';
import { recordPath } from '../../attach/record.ts';
import type { PlannedTask } from '../../attach/add/task.ts';
import { cardId } from '../../hotplug/recorded.ts';
import { nameOf, recordedKindOf } from '../../kinds/kinds.ts';
import { type Step, stepOf } from '../../host/operation-text.ts';
import { portCommands } from '../../host/ovs.ts';
import { podNetns } from '../../host/site.ts';
import type { Operation } from '../../model/operation.ts';
import type { OvsPort } from '../../model/ovs.ts';

/** One thing that an ADD does. A command is a line for a shell, as the program for Node runs it in a batch. */
export type PlannedStep =
  | { readonly do: 'ask'; readonly plugin: string }
  | { readonly do: 'make'; readonly path: string; readonly what: string }
  /** A card, into the virtual machine of a sandbox that runs, by its monitor; its agent sets it up. */
  | { readonly do: 'plug'; readonly card: string; readonly sandbox: string; readonly monitor: string }
  | { readonly do: 'run'; readonly command: string }
  | { readonly do: 'write'; readonly path: string; readonly what: string };

/** What an ADD does, in order. */
export function stepsOf({ config, file, request, plan, guest, names }: PlannedTask): readonly PlannedStep[] {
  const { device, operations } = plan;
  const kind = recordedKindOf(device);
  const takes = kind.takes(device);
  const memory = takes === undefined ? '' : `, with all that it takes from ${takes.link}`;
  const { netns } = request.environment;
  return [
    { do: 'write', path: recordPath(nameOf(device)), what: `the record, which DEL needs${memory}` },
    ...(config.ipamType === undefined ? [] : [{ do: 'ask', plugin: config.ipamType } as const]),
    ...operations.map((operation): PlannedStep => ({ do: 'run', command: commandOf(operation, netns) })),
    ...kind.makes(device).map(({ path, what }): PlannedStep => ({ do: 'make', path, what })),
    ...(guest === undefined
      ? []
      : [{ do: 'plug', card: cardId(names), sandbox: guest.sandbox, monitor: guest.door.socket } as const]),
    { do: 'write', path: file, what: 'the DAN file, with this entry at its end' },
  ];
}

/** An operation as a line for a shell. */
export function commandOf(operation: Operation, netns: string): string {
  return operation.op === 'ovs-port-add' ? ovsCommand(operation.port) : kernelCommand(stepOf(operation), netns);
}

function kernelCommand(step: Step, netns: string): string {
  const enter = step.in === 'pod' ? `nsenter --net=${shellWord(netns)} -- ` : '';
  if (step.by !== 'sysctl') return `${enter}${step.by} ${step.line.replaceAll(podNetns, shellWord(netns))}`;
  return step.in === 'pod' ? `echo ${step.value} | ${enter}tee ${step.path}` : `echo ${step.value} > ${step.path}`;
}

function ovsCommand(port: OvsPort): string {
  const words = portCommands(port).flatMap((command) => ['--', ...command]);
  return ['ovs-vsctl', `--db=${port.database}`, ...words].map(shellWord).join(' ');
}
