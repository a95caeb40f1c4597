import { expect, it, test } from 'vitest';
import { commentsIn } from '../../build/style/comments.ts';
import { findingsOf } from '../../build/style/findings.ts';
import { messagesIn } from '../../build/style/messages.ts';

it.each([
  ['Says it `no such device`, look with `lsmod`.', 'Says it'],
  ['It is refused. Is there no tap, one is made.', 'Is there no tap, one is made.'],
  ['Where the bridge is missing, ADD fails.', 'Where the bridge is missing,'],
  ['The address is dropped without a\nword.', 'without a word'],
  ['No error tells of it.', 'tells of it'],
  ['SANDBOX is the id, as "crictl pods" has it.', 'as "crictl pods" has it'],
  ['The answer must have an address, else ADD fails.', ', else'],
  ['Everything was taken back.', 'taken back'],
  ['Without --netns the pod is assumed, and what was assumed is told.', 'is told'],
  ['The bridge’s MTU would sink for everyone on it.', 'sink'],
])('the style check finds in %j the phrase %j', (text, phrase) => {
  expect(findingsOf(text)).toEqual([
    { index: text.replaceAll('\n', ' ').indexOf(phrase), phrase, instead: expect.any(String) },
  ]);
});

it.each([
  'If there is no tap, `dan` makes one.',
  'Is there a tap? Run `ip link show`.',
  'Has the pod a network? See the log, or run `dan doctor`.',
  'A CNI plugin is not told which runtime a pod uses.',
  '`dan doctor` says where the tap is.',
  'Run `echo "Is it there, else nothing" without a word`.',
  'See [the guide](guides/Where it is, else.md).',
])('the style check finds nothing in %j', (text) => {
  expect(findingsOf(text)).toEqual([]);
});

test('a message is found whole, with its values left out, and words that are no sentence are not', () => {
  const source = `log('warn', 'one two three four', { 'a key': 1 });
throw error(\`it \${verb} a tap, \` + 'of which ' + reason());`;
  expect(messagesIn(source)).toEqual([
    { line: 1, text: 'one two three four' },
    { line: 2, text: 'it … a tap, of which …' },
  ]);
});

test('comments are found whole, with the line that they begin in, and may begin with a verb', () => {
  const source = `/** Runs one of these. */
export const one = 1; // Not of a line of its own.
// This is said
// without a word.
function two() {}`;
  const comments = commentsIn(source);
  expect(comments).toEqual([
    { line: 1, text: 'Runs one of these.' },
    { line: 3, text: 'This is said\nwithout a word.' },
  ]);
  expect(comments.map(({ text }) => findingsOf(text, { isComment: true }).length)).toEqual([0, 1]);
});
