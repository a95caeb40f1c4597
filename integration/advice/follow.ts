import type { Host } from '../harness/host.ts';

/** The command of a text that has a form, in which … stands for anything. Throws where the text hands out none. */
function handedIn(text: string, form: string): string {
  const pattern = form
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^"`]+?');
  const [, command] = new RegExp(`["\`](${pattern})["\`]`).exec(text) ?? [];
  if (command === undefined) throw new Error(`no command like ${form} in: ${text}`);
  return command;
}

/** Follows an advice, as a person does who copies a command of it. */
export async function follow(host: Host, text: string, form: string): Promise<string> {
  return await host.sh(handedIn(text, form));
}
