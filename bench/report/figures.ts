/** The measured figures, with their units. */
export const figures = {
  wall: { title: 'Wall time', unit: 'ms', digits: 1 },
  cpu: { title: 'CPU time', unit: 'ms', digits: 1 },
  peak: { title: 'Peak memory', unit: 'MiB', digits: 1 },
  frame: { title: 'CPU time of a frame', unit: 'ns', digits: 0 },
  instructions: { title: 'Instructions', unit: 'million', digits: 2 },
  size: { title: 'Size', unit: 'MB', digits: 2 },
} as const;

/** Name of a figure. */
export type FigureName = keyof typeof figures;

/** A printed value without its unit, such as `13.2`. */
export function written(figure: FigureName, value: number): string {
  return value.toFixed(figures[figure].digits);
}
