import { isPrintable, printable } from '../../command/printable.ts';
import { columnLines } from '../text/columns.ts';
import type { Paint } from '../text/paint.ts';
import { stateText, type Summary } from './described.ts';
import { shortIds } from './short-ids.ts';

/** The lines of a table of attachments, with a heading. Pure. */
export function table(attachments: Iterable<Summary>, paint: Paint): Iterable<string> {
  const heading = ['SANDBOX', 'NETWORK', 'IFNAME', 'DEVICE', 'LINK', 'ADDRESSES', 'STATE'];
  const rows = Array.from(attachments, (one) => {
    const { sandbox, network, ifname, device = '-', link } = one;
    const addresses = one.addresses.length === 0 ? '-' : one.addresses.join(',');
    const texts = [network, ifname, device, link, addresses];
    return [sandbox, ...(isPrintable(texts.join('')) ? texts : texts.map(printable)), stateText(one, paint)];
  });
  const short = shortIds(rows.map(([sandbox = '']) => sandbox));
  for (const row of rows) row[0] = printable(short(row[0] ?? ''));
  return columnLines([heading.map((word) => paint('strong', word)), ...rows]);
}
