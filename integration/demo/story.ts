/** Tells a story on standard output: headings, proven facts, and what was seen, indented. */
export interface Story {
  chapter(title: string): void;
  /** States a fact and fails the story if it does not hold; `seen` is the evidence. */
  prove(fact: string, holds: boolean, seen?: string): void;
  show(text: string): void;
}

/** A story for a terminal or a file; `write` takes one line. */
export function tell(write: (line: string) => void): Story {
  let chapters = 0;
  const show = (text: string): void => {
    for (const line of text.trimEnd().split('\n')) write(`       ${line}`);
  };
  return {
    chapter(title) {
      chapters++;
      write(`\n${chapters}. ${title}`);
    },
    prove(fact, holds, seen = '') {
      write(`   ${holds ? 'ok' : 'NO'}  ${fact}`);
      if (seen !== '') show(seen);
      if (!holds) throw new Error(`this does not hold: ${fact}`);
    },
    show,
  };
}
