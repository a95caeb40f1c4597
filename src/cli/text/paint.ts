/** What a colour says. */
export type Meaning = 'bad' | 'faint' | 'good' | 'strong' | 'warning';

/** Numbers of "Select Graphic Rendition" (ECMA-48): what begins it, and what ends it. */
const styles = {
  bad: [31, 39],
  faint: [2, 22],
  good: [32, 39],
  strong: [1, 22],
  warning: [33, 39],
} as const satisfies Record<Meaning, readonly [number, number]>;

/** Colours a text where colours are wanted; else gives it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** A {@link Paint} for a terminal that may show colours, or may not. */
export function painter(colours: boolean): Paint {
  if (!colours) return (_meaning, text) => text;
  return (meaning, text) => {
    const [begin, end] = styles[meaning];
    return `\x1B[${begin}m${text}\x1B[${end}m`;
  };
}
