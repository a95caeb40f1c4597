import { fileURLToPath } from 'node:url';
import { program } from '../clients/programs.ts';
import type { Host } from '../harness/host.ts';

/** The repository, which is the base of relative paths in the documents' commands. */
const root = fileURLToPath(new URL('../../', import.meta.url));

/** An object of Kubernetes. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

/** kubectl, run by the cluster's administrator at the root of the repository. */
export class Kubectl {
  readonly #host: Host;
  readonly #kubeconfig: string;

  constructor(host: Host, kubeconfig: string) {
    this.#host = host;
    this.#kubeconfig = kubeconfig;
  }

  /** Runs a command line, given without `kubectl`, and returns its output; throws with its errors if it fails. */
  async run(...args: readonly string[]): Promise<string> {
    return await this.#run(args, '');
  }

  /** Creates or changes objects. */
  async apply(...objects: readonly KubernetesObject[]): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: objects };
    await this.#run(['apply', '--server-side', '--force-conflicts', '--filename', '-'], JSON.stringify(list));
  }

  /** Waits for a condition: `kubectl wait --for=<condition>`, with the other arguments. */
  async wait(condition: string, what: readonly string[], seconds = 180): Promise<void> {
    await this.run('wait', `--for=${condition}`, `--timeout=${seconds}s`, ...what);
  }

  /** An object, or a list of them, as JSON. */
  async get<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.run('get', '--output', 'json', ...args)) as T;
  }

  async #run(args: readonly string[], input: string): Promise<string> {
    const command = [
      '-c',
      'cd "$0"; exec "$@"',
      root,
      program('kubernetes', 'kubectl'),
      '--kubeconfig',
      this.#kubeconfig,
    ];
    const env = { HOME: this.#host.directory, PATH: '/usr/bin:/bin' };
    const { exitCode, stdout, stderr } = await this.#host.run('sh', [...command, ...args], { input, env });
    if (exitCode !== 0) throw new Error(`exit code ${exitCode} from kubectl ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  }
}
