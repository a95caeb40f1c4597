/** A value with the labels that distinguish it within its family. */
export interface Sample {
  /** What follows the family's name, for the parts of a histogram. */
  readonly suffix?: '_bucket' | '_count' | '_sum';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The metrics of one name. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** A sentence or two. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The content type of {@link exposition}. */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Writes metrics in Prometheus' text format, version 0.0.4. A family without samples is left out. Pure. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('');
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}\n`);
  return `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

// An empty label means the same as none.
function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  if (pairs.length === 0) return '';
  return `{${pairs.map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`).join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
