import { type ExitCode, exitCodes, type Terminal, type Words } from '../../command/command.ts';
import { readDocumentText } from '../../command/document-file.ts';
import { givenPath } from '../../command/given-path.ts';
import { painter } from '../text/paint.ts';
import { type AttachmentPlan, planAttachment, type Wish } from './attachment.ts';
import { networksIn } from './networks.ts';
import { report } from './report.ts';

/** Runs `dan plan`. Each plugin of dan in a list is planned on the node as it is. */
export async function plan({ arguments: [file = ''], switches, values }: Words, terminal: Terminal): Promise<ExitCode> {
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
