/** The size of a piece, in characters. */
const pieceSize = 16 * 1024;

/** Joins lines to pieces for printing: few system calls, and little memory. Each line gets a line break. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
