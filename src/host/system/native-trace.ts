import { text } from '#bytes';

/** The source positions of a module's lines in the bundle: a file number and a line number for each line. */
interface Positions {
  readonly files: readonly string[];
  readonly modules: Readonly<Record<string, readonly number[]>>;
}

/** The stack of an error, with lines of the TypeScript sources. The positions are read only on demand. */
export function sourceTrace(error: Error): string {
  const heading = `${error.name}: ${error.message}`;
  const stack = (error.stack ?? '').trimEnd();
  const positions = readPositions();
  const mapped = positions === undefined ? stack : stack.replace(/([\w.-]+\.js):(\d+)(?::\d+)?/g, placeIn(positions));
  return mapped === '' ? heading : `${heading}\n${mapped}`;
}

function readPositions(): Positions | undefined {
  const bytes = native.part('positions.json');
  return bytes === undefined ? undefined : (JSON.parse(text(bytes)) as Positions);
}

function placeIn({ files, modules }: Positions): (whole: string, module: string, line: string) => string {
  return (whole, module, line) => {
    const places = modules[module];
    const at = 2 * (Number(line) - 1);
    const file = files[places?.[at] ?? -1];
    return places === undefined || file === undefined ? whole : `${file}:${places[at + 1] ?? 0}`;
  };
}
