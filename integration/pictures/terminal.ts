/** The two possible backgrounds of a page. */
export type Theme = 'dark' | 'light';

const colours = {
  light: {
    ground: '#ffffff',
    frame: '#d0d7de',
    text: '#1f2328',
    faint: '#6e7781',
    31: '#cf222e',
    32: '#116329',
    33: '#9a6700',
  },
  dark: {
    ground: '#0d1117',
    frame: '#30363d',
    text: '#e6edf3',
    faint: '#8b949e',
    31: '#ff7b72',
    32: '#3fb950',
    33: '#d29922',
  },
} as const;

/** Columns of the terminal. */
export const columns = 100;

/** Pixels of a character and of a line. */
const size = { width: 7.8, height: 18 } as const;

/** Text in one style: the number of its colour in "Select Graphic Rendition" (ECMA-48), bold or faint. */
interface Span {
  readonly text: string;
  readonly colour: '31' | '32' | '33' | undefined;
  readonly strong: boolean;
  readonly faint: boolean;
}

/** Draws a program's terminal output as SVG. */
export function terminalSvg(printed: string, theme: Theme): string {
  const lines = spansOf(printed).flatMap(broken);
  const { ground, frame } = colours[theme];
  const [width, height] = [Math.ceil(columns * size.width) + 32, lines.length * size.height + 28];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    '  font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="13">',
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${ground}" stroke="${frame}"/>`,
    ...lines.flatMap((line, at) => lineSvg(line, 16, (at + 1) * size.height + 8, theme)),
    '</svg>\n',
  ].join('\n');
}

// Each span has its own position, so that columns stay aligned with a wider or narrower font.
function lineSvg(line: readonly Span[], left: number, y: number, theme: Theme): readonly string[] {
  let column = 0;
  return line.flatMap((span) => {
    const start = column + (span.text.length - span.text.trimStart().length);
    const text = span.text.trim();
    column += span.text.length;
    if (text === '') return [];
    const place = `x="${(left + start * size.width).toFixed(1)}" y="${y}" textLength="${(text.length * size.width).toFixed(1)}"`;
    const weight = span.strong ? ' font-weight="bold"' : '';
    return [`<text ${place} xml:space="preserve" fill="${fillOf(span, theme)}"${weight}>${escaped(text)}</text>`];
  });
}

function fillOf({ colour, faint }: Span, theme: Theme): string {
  const { text, faint: pale } = colours[theme];
  if (colour !== undefined) return colours[theme][colour];
  return faint ? pale : text;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function spansOf(printed: string): readonly (readonly Span[])[] {
  let style: Omit<Span, 'text'> = { colour: undefined, strong: false, faint: false };
  return printed.split('\n').map((line) =>
    line.split(/(\x1B\[\d+m)/).flatMap((part) => {
      const [, code = ''] = /^\x1B\[(\d+)m$/.exec(part) ?? [];
      style = styled(style, code);
      return code === '' && part !== '' ? [{ text: part, ...style }] : [];
    }),
  );
}

function styled(style: Omit<Span, 'text'>, code: string): Omit<Span, 'text'> {
  if (code === '1') return { ...style, strong: true };
  if (code === '2') return { ...style, faint: true };
  if (code === '22') return { ...style, strong: false, faint: false };
  if (code === '39') return { ...style, colour: undefined };
  return code === '31' || code === '32' || code === '33' ? { ...style, colour: code } : style;
}

// Breaks a line that is too long, like a terminal.
function broken(line: readonly Span[]): readonly (readonly Span[])[] {
  const rows: Span[][] = [[]];
  let column = 0;
  for (const span of line) {
    let rest = span.text;
    while (column + rest.length > columns) {
      const fits = columns - column;
      rows.at(-1)?.push({ ...span, text: rest.slice(0, fits) });
      rest = rest.slice(fits);
      rows.push([]);
      column = 0;
    }
    rows.at(-1)?.push({ ...span, text: rest });
    column += rest.length;
  }
  return rows;
}
