import type { Host } from '../harness/host.ts';

/** The command in a text that matches a form, in which … stands for anything. Throws if the text has none. */
function handedIn(text: string, form: string): string {
  const pattern = form
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^"`]+?');
  const [, command] = new RegExp(`["\`](${pattern})["\`]`).exec(text) ?? [];
  if (command === undefined) throw new Error(`no command like ${form} in: ${text}`);
  return command;
}

/** Follows advice like a user who copies a command from it. */
export async function follow(host: Host, text: string, form: string): Promise<string> {
  return await host.sh(handedIn(text, form));
}
