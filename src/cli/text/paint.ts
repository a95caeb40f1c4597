import { styleText } from 'node:util';

/** What a colour says. */
export type Meaning = 'bad' | 'faint' | 'good' | 'strong' | 'warning';

const styles = { bad: 'red', faint: 'dim', good: 'green', strong: 'bold', warning: 'yellow' } as const;

/** Colours a text where colours are wanted; else gives it as it is. */
export type Paint = (meaning: Meaning, text: string) => string;

/** A {@link Paint} for a terminal that may show colours, or may not. */
export function painter(colours: boolean): Paint {
  return (meaning, text) => (colours ? styleText(styles[meaning], text, { validateStream: false }) : text);
}
