import type { Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { width, wrap } from '../text/wrap.ts';
import type { AttachmentPlan } from './attachment.ts';
import type { PlannedStep } from './steps.ts';

/** A plan for a person. */
export function report(plan: AttachmentPlan, paint: Paint): string {
  const { network, sandbox, ifname, device, runtime, assumed, warnings, steps, file } = plan;
  return [
    paint(
      'strong',
      printable(`ADD of network "${network}" for sandbox ${sandbox} as ${ifname}: ${device}, read by ${runtime}`),
    ),
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
  const remark = (text: string): string => paint('faint', `# ${printable(text)}`);
  switch (step.do) {
    case 'ask':
      return remark(`ask the IPAM plugin "${step.plugin}" for addresses`);
    case 'make':
      return remark(`make ${step.path}: ${step.what}`);
    case 'run':
      return printable(step.command);
    case 'write':
      return remark(`write ${step.path}: ${step.what}`);
    default:
      return step satisfies never;
  }
}
