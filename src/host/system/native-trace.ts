import { text } from '#bytes';

/** Where the lines of a module of the bundle come from: file numbers and lines, one after the other, for each of its lines. */
interface Positions {
  readonly files: readonly string[];
  readonly modules: Readonly<Record<string, readonly number[]>>;
}

/** The stack of an error with the lines of the TypeScript sources. Reading where they are takes place only here. */
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
