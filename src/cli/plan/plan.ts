import { type ExitCode, exitCodes, type Terminal, type CommandLine } from '../../command/command.ts';
import { readDocumentText } from '../../command/document-file.ts';
import { givenPath } from '../../command/given-path.ts';
import { printable } from '../../command/printable.ts';
import { type Paint, painter } from '../text/paint.ts';
import { width, wrap } from '../text/wrap.ts';
import { type AttachmentPlan, planAttachment, type Wish } from './attachment.ts';
import { networksIn } from './networks.ts';
import type { PlannedStep } from './steps.ts';

/** Runs `dan plan`. Plans each dan plugin of a list on the node in its current state. */
export async function plan(
  { arguments: [file = ''], switches, values }: CommandLine,
  terminal: Terminal,
): Promise<ExitCode> {
  const netns = values.get('netns');
  const wish: Wish = {
    sandbox: values.get('sandbox') ?? 'example',
    ifname: values.get('ifname') ?? 'eth0',
    netns: netns === undefined ? undefined : givenPath(netns, terminal),
  };
  const plans: AttachmentPlan[] = [];
  for (const network of networksIn(readDocumentText(file, terminal), file === '-' ? 'stdin' : file)) {
    plans.push(await planAttachment(network, wish));
  }
  const paint = painter(terminal.colours);
  if (switches.has('json')) terminal.print(`${JSON.stringify({ plans }, null, 2)}\n`);
  else terminal.print(plans.map((one) => report(one, paint)).join('\n'));
  return exitCodes.fine;
}

/** A plan for a person. Commands and files are not wrapped, because the reader copies them. */
function report(plan: AttachmentPlan, paint: Paint): string {
  const { network, sandbox, ifname, device, runtime, assumed, warnings, steps, file } = plan;
  const title = `ADD of network "${network}" for sandbox ${sandbox} as ${ifname}: ${device}, read by ${runtime}`;
  return [
    paint('strong', printable(title)),
    ...listOf('Assumed:', assumed),
    ...listOf(paint('warning', 'Warnings:'), warnings),
    'Steps, in this order:',
    ...steps.map((step) => `  ${stepText(step, paint)}`),
    `${printable(file.path)} is then:`,
    ...JSON.stringify(file.document, null, 2).split('\n').map(printable),
    'Nothing was changed.',
    '',
  ].join('\n');
}

function listOf(title: string, sentences: readonly string[]): readonly string[] {
  if (sentences.length === 0) return [];
  return [title, ...sentences.map((sentence) => wrap(printable(sentence), width, '  '))];
}

function stepText(step: PlannedStep, paint: Paint): string {
  if (step.do === 'run') return printable(step.command);
  return paint('faint', `# ${printable(`${step.do} ${whatOf(step)}`)}`);
}

function whatOf(step: Exclude<PlannedStep, { do: 'run' }>): string {
  switch (step.do) {
    case 'ask':
      return `the IPAM plugin "${step.plugin}" for addresses`;
    case 'plug':
      return `${step.card} into sandbox ${step.sandbox}, which runs, by ${step.monitor}; its agent sets the interface up`;
    case 'make':
    case 'write':
      return `${step.path}: ${step.what}`;
    default:
      return step satisfies never;
  }
}
