import { type ProfileName, profileNames } from '../../dan/profile.ts';
import { containerdDefaults } from '../../config/containerd.ts';
import { askPlugins } from '../../node/cni/plugin-versions.ts';
import { readContainerd } from '../../node/containerd.ts';
import type { PluginVersions } from '../../node/list.ts';
import { basename } from '../../model/path.ts';
import { isObject } from '../../json/object.ts';
import { type ExitCode, exitCodes, type Terminal, type CommandLine, WrongUse } from '../../command/command.ts';
import { painter } from '../text/paint.ts';
import { readDanText } from './dan-file/read.ts';
import { readDocumentText } from '../../command/document-file.ts';
import { readNetworkText } from './network/read.ts';
import type { Remark } from './remark.ts';
import { reportDanFile, reportNetwork } from './report.ts';

const here = { root: '/' };

/** Runs `dan validate`: exit code 1 if something was found that makes sandboxes fail, or lack something. */
export async function validate(
  { arguments: [file = ''], switches, values }: CommandLine,
  terminal: Terminal,
): Promise<ExitCode> {
  const runtime = readerOf(values.get('runtime'));
  const text = readDocumentText(file, terminal);
  const label = file === '-' ? 'stdin' : file;
  const paint = painter(terminal.colours);
  const asJson = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
  if (isDanFile(text)) {
    const reader = runtime ?? profileNames[0];
    const reading = readDanText(text, reader);
    const document = { kind: 'dan-file', runtime: reader, ...reading };
    terminal.print(switches.has('json') ? asJson(document) : reportDanFile(label, reader, reading, paint));
    return exitCodeOf(reading.remarks);
  }
  if (runtime !== undefined) {
    throw new WrongUse(
      'dan validate: --runtime is for a DAN file; a network configuration names its reader in "runtime"',
    );
  }
  const reading = await readNetworkText(text, file === '-' ? '' : basename(file), askHere);
  const document = { kind: 'network-configuration', ...reading };
  terminal.print(switches.has('json') ? asJson(document) : reportNetwork(label, reading, paint));
  return exitCodeOf(reading.remarks);
}

// The runtime's own directories come first. Debian's is for nodes without a runtime.
async function askHere(types: readonly string[]): Promise<readonly PluginVersions[]> {
  if (types.length === 0) return [];
  const binDirs = (await readContainerd(here))?.settings.binDirs ?? [containerdDefaults.binDir];
  return await askPlugins(here, [...binDirs, '/usr/lib/cni'], types);
}

function readerOf(word: string | undefined): ProfileName | undefined {
  if (word === undefined) return undefined;
  const reader = profileNames.find((name) => name === word);
  if (reader !== undefined) return reader;
  throw new WrongUse(`dan validate: --runtime "${word}" is none of ${profileNames.join(', ')}`);
}

// A text that is not JSON may still be a DAN file. The verdict then says where it stops being JSON.
function isDanFile(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) && 'devices' in document;
  } catch {
    return text.includes('"devices"') && !text.includes('"plugins"');
  }
}

function exitCodeOf(remarks: readonly Remark[]): ExitCode {
  return remarks.some(({ severity }) => severity !== 'note') ? exitCodes.finding : exitCodes.fine;
}
