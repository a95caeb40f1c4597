import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TextlintKernel } from '@textlint/kernel';
import markdown from '@textlint/textlint-plugin-markdown';
import { commentsIn } from './comments.ts';
import { findingsOf } from './findings.ts';
import { messagesIn } from './messages.ts';

// Checks the English of texts: the pages, the message texts in JSON files, those in the sources, and all comments. textlint
// separates prose from headings, code and links; words.json has the phrases.

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = ['*.md', 'docs/**/*.md', 'deploy/**/*.md', 'integration/*.md', '.github/**/*.md'];
const texts = ['src/**/*.json'];
const sources = ['src/**/*.ts'];
const commented = ['{src,build,bench,integration,test}/**/*.ts'];

/** A module whose texts are scripts for shells. */
const scripts = 'src/cli/completion/scripts.ts';

/** Keys whose values are not our own texts: recorded messages, patterns, shell lines. */
const quoted = new Set(['says', 'pattern', 'codes', 'places', 'line']);

const lines = [
  ...(await Promise.all(filesOf(pages).map(inPage))).flat(),
  ...filesOf(texts).flatMap((file) => inValue(file, '', JSON.parse(readFileSync(root + file, 'utf8')))),
  ...filesOf(sources).flatMap(inSource),
  ...filesOf(commented).flatMap(inComments),
];
if (lines.length > 0) {
  process.stderr.write(`${lines.join('\n')}\nThese phrases are hard to read. build/style/words.json has the list.\n`);
  process.exitCode = 1;
}

function filesOf(patterns: readonly string[]): readonly string[] {
  return globSync(patterns, { cwd: root, exclude: ['node_modules/**'] }).sort();
}

async function inPage(file: string): Promise<readonly string[]> {
  const { messages } = await new TextlintKernel().lintText(readFileSync(root + file, 'utf8'), {
    ext: '.md',
    filePath: root + file,
    plugins: [{ pluginId: 'markdown', plugin: markdown.default }],
    rules: [
      {
        ruleId: 'plain-english',
        rule({ Syntax, RuleError, getSource, locator, report }) {
          const look = (node: Parameters<typeof getSource>[0] & object): void => {
            for (const { index, phrase, instead } of findingsOf(getSource(node)))
              report(node, new RuleError(`"${phrase}": ${instead}`, { padding: locator.at(index) }));
          };
          return { [Syntax.Paragraph]: look, [Syntax.TableCell]: look };
        },
      },
    ],
  });
  return messages.map(({ message, loc }) => `${file}:${loc.start.line}: ${message}`);
}

function inSource(file: string): readonly string[] {
  if (file === scripts) return [];
  return messagesIn(readFileSync(root + file, 'utf8')).flatMap(({ line, text }) =>
    findingsOf(text).map(({ phrase, instead }) => `${file}:${line}: "${phrase}": ${instead}`),
  );
}

function inComments(file: string): readonly string[] {
  return commentsIn(readFileSync(root + file, 'utf8')).flatMap(({ line, text }) =>
    findingsOf(text, { isComment: true }).map(({ phrase, instead }) => `${file}:${line}: "${phrase}": ${instead}`),
  );
}

function inValue(file: string, path: string, value: unknown): readonly string[] {
  if (typeof value === 'string')
    return findingsOf(value).map(({ phrase, instead }) => `${file}: ${path}: "${phrase}": ${instead}`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    quoted.has(key) ? [] : inValue(file, path === '' ? key : `${path}.${key}`, inner),
  );
}
