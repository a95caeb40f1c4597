import { utf8 } from '#bytes';
import type { Call } from './call.ts';

/** Texts that show how far a shell has come. Each has a random part, so nothing else can print it. */
export type Marks = Readonly<Record<'begin' | 'code' | 'data' | 'end' | 'ready', string>>;

/** The marks of one conversation. */
export function marksOf(random: string): Marks {
  const mark = (name: string): string => `dan-${name}-${random}`;
  return { ready: mark('ready'), data: mark('data'), begin: mark('begin'), code: mark('code'), end: mark('end') };
}

/**
 * The first line that is typed. It turns off echo and prompts, and adds the usual directories of programs to PATH. The
 * leading space keeps it out of the shell's history.
 */
export function openingLine({ ready }: Marks): string {
  return ` stty -echo; PS1= PS2= PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; ${print(ready)}\n`;
}

/**
 * The line that runs a program. It holds the program's output back until the program ends, so that nothing can get in
 * between. It reads the program's whole input before the program starts, since the shell would take unread input for
 * further lines.
 */
export function callLine({ program, words, input }: Call, { data, begin, code, end }: Marks): string {
  const call = [program, ...words].map(quoted).join(' ');
  const before = input === undefined ? '' : `${print(data)}; rules=$(head -c ${utf8(input).length}); `;
  const said = input === undefined ? `${call} 2>&1 </dev/null` : `printf '%s\\n' "$rules" | ${call} 2>&1`;
  return ` ${before}said=$(${said}); code=$?; ${print(begin)}; printf '%s\\n' "$said"; ${print(code)}; echo $code; ${print(end)}\n`;
}

/** The program's output and exit code, from everything that was printed up to the last mark. */
export function readAnswer(heard: string, { begin, code, end }: Marks): { said: string; exitCode: number } {
  const text = heard.replace(/\r+\n/g, '\n');
  const from = text.indexOf(`${begin}\n`) + begin.length + 1;
  const to = text.indexOf(`${code}\n`, from);
  const said = text.slice(from, to);
  const exitCode = Number.parseInt(text.slice(to + code.length + 1, text.indexOf(end, to)), 10);
  return { said: said === '\n' ? '' : said, exitCode };
}

// Prints a mark in two parts: a terminal that echoes what is typed must not show the whole mark too early.
function print(mark: string): string {
  return `printf '%s%s\\n' ${mark.slice(0, 4)} ${mark.slice(4)}`;
}

function quoted(word: string): string {
  if (!/^[\w.:[\]-]+$/.test(word)) throw new Error(`${JSON.stringify(word)} was not checked before it came here`);
  return `'${word}'`;
}
