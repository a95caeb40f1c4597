import { outcomeOf, type RecordedCase } from './recordings.ts';

/** The good file from which every case differs. */
const good =
  '{"netns": null, "devices": [{"name": "eth0", "guest_mac": "02:11:22:33:44:55", ' +
  '"device": {"type": "host-tap", "tap_name": "tap0"}, ' +
  '"network_info": {"interface": {"ip_addresses": ["10.0.0.5/24"], "mtu": 1400}, "routes": [], "neighbors": []}}]}';

/** The generated page with every recording, which shows readers more than a table of fields. */
export function casesPage(cases: readonly RecordedCase[]): string {
  const rows = cases.map((one) => [
    code(one.case),
    difference(one['runtime-rs'].file),
    answer(one['runtime-rs']),
    answer(one.go),
  ]);
  return [
    `# How both readers parse ${cases.length} DAN files`,
    '',
    'This page is for people who write or read DAN files and need the exact verdict on one value. [The format](dan-format.md)',
    'explains each field; the tests compare it with this page.',
    '',
    'Each file differs from the one below only in the part that is shown. The parsing code of both Kata runtimes read it',
    '(commit 7c6ba40c of Kata, August 2026). For the Go runtime, the device is `vfio`, the only type that it knows.',
    '',
    '- **accepted**: the runtime uses the whole file.',
    '- **rejected**: the sandbox fails. The text after it is Kata’s error.',
    '- **dropped**: the runtime ignores the value without an error. The text after it says how many.',
    '',
    '`dan validate` gives the same verdicts in its own words. The tests compare [`src/reader`](../src/reader) with the same',
    'recordings.',
    '',
    '```json',
    JSON.stringify(JSON.parse(good), null, 2),
    '```',
    '',
    ...table([['case', 'part of the file', 'Rust runtime', 'Go runtime'], ...rows]),
    '',
  ].join('\n');
}

function answer(recording: RecordedCase['go']): string {
  const { word, remark } = outcomeOf(recording);
  return remark === '' ? word : `${word}: ${code(remark)}`;
}

/** The smallest part between commas and brackets that holds every difference. */
function difference(file: string): string {
  if (file === '') return 'nothing';
  let start = 0;
  while (start < file.length && file[start] === good[start]) start++;
  let end = 0;
  while (end < file.length - start && end < good.length - start && file.at(-1 - end) === good.at(-1 - end)) end++;
  const from = Math.max(...['{', ', ', '['].map((mark) => file.lastIndexOf(mark, start - 1)));
  const to = file.slice(file.length - end).search(/[,}\]]/);
  const part = file.slice(Math.max(from, 0), to === -1 ? file.length : file.length - end + to + 1).trim();
  return code(part.length > 160 ? `${part.slice(0, 160)} …` : part.replaceAll(/^, |,$/g, ''));
}

function code(text: string): string {
  const escaped = text.replaceAll('|', String.raw`\|`).replaceAll('\n', String.raw`\n`);
  return escaped.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}
