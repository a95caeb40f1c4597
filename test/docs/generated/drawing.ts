import { instance } from '@viz-js/viz';

/** The two possible backgrounds of a page. */
export type Theme = 'dark' | 'light';

const colors = {
  light: { line: '#57606a', text: '#1f2328', place: '#8c959f', box: '#f6f8fa', dan: '#ddf4ff', guest: '#dafbe1' },
  dark: { line: '#8b949e', text: '#e6edf3', place: '#6e7681', box: '#161b22', dan: '#0c2d6b', guest: '#033a16' },
} as const;

const font = 'Helvetica,Arial,sans-serif';

/**
 * Draws a graph in DOT as SVG, without a background. In the graph, `class=dan` marks what dan makes, and `class=guest`
 * what is in the virtual machine.
 */
export async function draw(dot: string, theme: Theme): Promise<string> {
  const { line, text, place, box, dan, guest } = colors[theme];
  const filled = dot
    .replaceAll('class=dan', `class=dan fillcolor="${dan}"`)
    .replaceAll('class=guest', `class=guest fillcolor="${guest}"`);
  const viz = await instance();
  return viz.renderString(filled, {
    format: 'svg',
    graphAttributes: {
      ...{ rankdir: 'LR', bgcolor: 'transparent', fontname: font, fontsize: 11, fontcolor: place },
      ...{ color: place, style: 'dashed,rounded', nodesep: 0.25, ranksep: 0.45 },
    },
    nodeAttributes: {
      ...{ shape: 'box', style: 'filled,rounded', fontname: font, fontsize: 11.5, height: 0.4, margin: '0.24,0.08' },
      ...{ color: line, fontcolor: text, fillcolor: box },
    },
    edgeAttributes: { dir: 'both', arrowsize: 0.5, color: line, fontname: font, fontsize: 10, fontcolor: place },
  });
}
