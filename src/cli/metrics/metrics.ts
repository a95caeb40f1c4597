import { type CommandLine, type ExitCode, exitCodes, type Terminal, WrongUse } from '../../command/command.ts';
import { givenPath } from '../../command/given-path.ts';
import { contentType, exposition } from './exposition.ts';
import { familiesOf } from './families.ts';
import { parseListenAddress } from './listen-address.ts';
import { meter } from './look.ts';
import { serveMetrics } from './serve-metrics.ts';
import { writeTextfile } from './textfile.ts';

/** Runs `dan metrics`: prints the metrics, writes them to a file, or serves them until a signal arrives. */
export async function metrics({ values }: CommandLine, terminal: Terminal): Promise<ExitCode> {
  const [address, file] = [values.get('listen'), values.get('textfile')];
  if (address !== undefined && file !== undefined) {
    throw new WrongUse('dan metrics: --listen and --textfile are two ways of use: name one of them');
  }
  if (address === undefined) {
    const text = await metricsText();
    if (file === undefined) terminal.print(text);
    else writeTextfile(givenPath(file, terminal), text);
    return exitCodes.fine;
  }
  const at = parseListenAddress(address);
  if (!at.ok) throw new WrongUse(`dan metrics: --listen ${address} ${at.why}`);
  return await serveMetrics(at.value, { type: contentType, text: metricsText }, terminal);
}

async function metricsText(): Promise<string> {
  return exposition(familiesOf(await meter()));
}
