import type { ProfileName } from '../../dan/profile.ts';
import { countsOf, meanings } from '../severity.ts';
import type { Paint } from '../text/paint.ts';
import { printable } from '../../command/printable.ts';
import { width, wrap } from '../text/wrap.ts';
import { type FileReading, type ReadDevice, readers } from './dan-file/read.ts';
import type { NetworkReading } from './network/read.ts';
import type { Remark } from './remark.ts';

/** The report on a network configuration. */
export function reportNetwork(file: string, { name, plugins, remarks }: NetworkReading, paint: Paint): string {
  const what =
    plugins.length === 0 ? '' : `: network ${JSON.stringify(name)}, ${plugins.map(typeText).join(', then ')}`;
  return [
    paint('strong', printable(`${file}${what}`)),
    ...remarks.map((remark) => remarkText(remark, paint)),
    summary(remarks, 'dan accepts it'),
    '',
  ].join('\n');
}

/** The report on a DAN file. */
export function reportDanFile(
  file: string,
  runtime: ProfileName,
  { devices, remarks }: FileReading,
  paint: Paint,
): string {
  return [
    paint('strong', printable(`${file}: a DAN file, as ${readers[runtime].called} reads it (${runtime})`)),
    ...devices.flatMap((device) => [printable(device.name), deviceText(device)]),
    ...remarks.map((remark) => remarkText(remark, paint)),
    summary(remarks, 'the guest gets all of it'),
    '',
  ].join('\n');
}

function typeText(type: string): string {
  return type === '' ? 'a plugin without a type' : type;
}

function deviceText(device: ReadDevice): string {
  const queues = device.queuePairs === null ? 'as the reader is configured' : String(device.queuePairs);
  const size = device.queueSize === null ? '' : `, size ${device.queueSize}`;
  return [
    row('device', device.device),
    row('MAC', device.mac ?? 'a random one each time'),
    row('MTU', String(device.mtu)),
    row('queue pairs', `${queues}${size}`),
    rows('addresses', device.addresses),
    rows('routes', device.routes),
    rows('neighbors', device.neighbors),
  ].join('\n');
}

function rows(what: string, values: readonly string[]): string {
  const [first = 'none', ...more] = shown(values);
  return [row(what, first), ...more.map((value) => row('', value))].join('\n');
}

function row(what: string, value: string): string {
  return `  ${what.padEnd('queue pairs'.length)}  ${printable(value)}`.trimEnd();
}

/** The most addresses, routes or neighbors of a device that are listed. */
const mostListed = 100;

function shown(values: readonly string[]): readonly string[] {
  const more = values.length - mostListed;
  return more > 0 ? [...values.slice(0, mostListed), `and ${more} more`] : values;
}

function remarkText({ severity, where, text, error }: Remark, paint: Paint): string {
  const told = wrap(printable(where === '' ? text : `${where}: ${text}`), width, '           ').trimStart();
  const named = error === undefined ? '' : ` ${paint('faint', `[${error}]`)}`;
  return `  ${paint(meanings[severity], severity.padEnd(7))}  ${told}${named}`;
}

function summary(remarks: readonly Remark[], fine: string): string {
  const { error, warning, note } = countsOf(remarks);
  if (error === 0 && warning === 0) return `Nothing found: ${fine}${note === 0 ? '' : ` (notes: ${note})`}.`;
  return `Errors ${error}, warnings ${warning}, notes ${note}.`;
}
