import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** The owner of a certificate. */
export interface Subject {
  /** The user's name in Kubernetes. */
  readonly name: string;
  /** The user's group there. */
  readonly group?: string;
  /** Addresses and names of a server in X.509's form: `IP:10.0.0.1`, `DNS:n1`. */
  readonly serves?: readonly string[];
}

/** The cluster's certificate authority, in its own directory. Everything in it is for this cluster only. */
export class Certificates {
  readonly directory: string;
  readonly #server: string;

  private constructor(directory: string, server: string) {
    this.directory = directory;
    this.#server = server;
  }

  /** Makes an authority, and a pair of keys for the tokens of service accounts. `server` is the URL of the API. */
  static async create(directory: string, server: string): Promise<Certificates> {
    const made = new Certificates(directory, server);
    await mkdir(directory);
    await made.#openssl(
      ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '30'],
      ...['-subj', '/CN=cluster', '-keyout', made.path('ca.key'), '-out', made.path('ca.crt')],
    );
    const key = made.path('accounts.key');
    await made.#openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key);
    await made.#openssl('pkey', '-in', key, '-pubout', '-out', made.path('accounts.pub'));
    return made;
  }

  /** The path of one of the authority's files. */
  path(file: string): string {
    return join(this.directory, file);
  }

  /** Makes `<file>.crt`, `<file>.key` and `<file>.kubeconfig` for a user, and returns the path of the last. */
  async issue(file: string, { name, group, serves = [] }: Subject): Promise<string> {
    await this.#openssl(
      ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '30'],
      ...['-CA', this.path('ca.crt'), '-CAkey', this.path('ca.key')],
      ...['-subj', `${group === undefined ? '' : `/O=${group}`}/CN=${name}`],
      ...['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=clientAuth,serverAuth'],
      ...(serves.length === 0 ? [] : ['-addext', `subjectAltName=${serves.join(',')}`]),
      ...['-keyout', this.path(`${file}.key`), '-out', this.path(`${file}.crt`)],
    );
    const path = this.path(`${file}.kubeconfig`);
    await writeFile(path, JSON.stringify(this.#kubeconfig(file)));
    return path;
  }

  #kubeconfig(file: string): object {
    return {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'cluster', cluster: { server: this.#server, 'certificate-authority': this.path('ca.crt') } }],
      users: [
        {
          name: 'user',
          user: { 'client-certificate': this.path(`${file}.crt`), 'client-key': this.path(`${file}.key`) },
        },
      ],
      contexts: [{ name: 'here', context: { cluster: 'cluster', user: 'user' } }],
      'current-context': 'here',
    };
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await execa('openssl', args);
  }
}
