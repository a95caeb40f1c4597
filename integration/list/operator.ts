import type { Host } from '../harness/host.ts';
import type { Finished } from '../harness/starter.ts';
import { executable } from '../harness/plugin.ts';

/** The part of `dan list --json` about one attachment that tests need. */
export interface Listed {
  readonly network: string;
  readonly sandbox: string;
  readonly ifname: string;
  readonly device: string;
  readonly link: string;
  readonly bridge?: string;
  readonly addresses: readonly string[];
  readonly state: string;
  readonly parts: readonly string[];
  readonly left: readonly string[];
  readonly cure?: string;
}

/** The operator of a node, who types commands. */
export class Operator {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Runs `dan` with arguments like a user: without a runtime's variables. */
  dan(...words: readonly string[]): Promise<Finished> {
    return this.#host.run(executable, words, { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  }

  /** The attachments in the output of `dan list --json`, with more options. */
  async list(...options: readonly string[]): Promise<readonly Listed[]> {
    const { stdout } = await this.dan('list', '--json', ...options);
    return (JSON.parse(stdout) as { attachments: readonly Listed[] }).attachments;
  }

  /** State and parts of each attachment, as in the last column of the table. */
  async states(): Promise<readonly string[]> {
    return (await this.list()).map(({ state, parts }) => [state, parts.join(', ')].filter(Boolean).join(': '));
  }

  /** Runs the command that `dan list --orphans` suggests for the only orphan. */
  async mend(): Promise<void> {
    const [orphan, ...others] = await this.list('--orphans');
    if (orphan?.cure === undefined || others.length > 0) throw new Error('there is not one orphan');
    const [, command = ''] = /(printf .*)$/s.exec(orphan.cure) ?? [];
    const { exitCode, stdout, stderr } = await this.#host.run('sh', [
      '-c',
      `dan() { "${executable}" "$@"; }\n${command}`,
    ]);
    if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}: ${stdout}${stderr}`);
  }
}
