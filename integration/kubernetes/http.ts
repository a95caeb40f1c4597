import type { Host } from '../harness/host.ts';

const get = 'fetch(process.argv[1]).then((answer) => answer.text()).then((text) => process.stdout.write(text))';

/** Gets a URL inside a host; throws if there is no answer within ten seconds. */
export async function httpGet(host: Host, url: string): Promise<string> {
  const { exitCode, stdout, stderr } = await host.run('timeout', ['10', process.execPath, '-e', get, url]);
  if (exitCode !== 0) throw new Error(`${url} does not answer: ${stderr}`);
  return stdout.trim();
}
