// The part of Bun's foreign function interface that dan uses; Bun's own types would bring all of Bun's globals.
declare module 'bun:ffi' {
  export function dlopen(
    library: string,
    symbols: { flock: { args: readonly ['i32', 'i32']; returns: 'i32' } },
  ): { symbols: { flock: (descriptor: number, operation: number) => number } };
}
