/** The meaning of a color. */
export type Meaning = 'bad' | 'faint' | 'good' | 'strong' | 'warning';

/** The parameters of "Select Graphic Rendition" (ECMA-48) that begin and end each style. */
const styles = {
  bad: [31, 39],
  faint: [2, 22],
  good: [32, 39],
  strong: [1, 22],
  warning: [33, 39],
} as const satisfies Record<Meaning, readonly [number, number]>;

/** Colors a text, or returns it unchanged if colors are off. */
export type Paint = (meaning: Meaning, text: string) => string;

/** A {@link Paint} for a terminal with or without colors. */
export function painter(colours: boolean): Paint {
  if (!colours) return (_meaning, text) => text;
  return (meaning, text) => {
    const [begin, end] = styles[meaning];
    return `\x1B[${begin}m${text}\x1B[${end}m`;
  };
}
