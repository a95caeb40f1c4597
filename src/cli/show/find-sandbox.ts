import { printable } from '../../command/printable.ts';

/** The sandbox that an operator means, or why none. */
export type Found = { readonly sandbox: string } | { readonly why: string };

/** Finds a sandbox among those there are by its id, or by the beginning of it that no other has. Pure. */
export function findSandbox(asked: string, sandboxes: readonly string[]): Found {
  const all = [...new Set(sandboxes)];
  if (all.includes(asked)) return { sandbox: asked };
  const fitting = all.filter((id) => asked !== '' && id.startsWith(asked));
  const [only, ...others] = fitting;
  if (only === undefined) {
    return { why: `no sandbox of this node has an id that begins with "${printable(asked)}"; "dan list" shows them` };
  }
  if (others.length === 0) return { sandbox: only };
  const named = fitting.map((id) => `  ${printable(id)}`).join('\n');
  return { why: `${fitting.length} sandboxes have ids that begin with "${printable(asked)}":\n${named}` };
}
