import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const directory = fileURLToPath(new URL('../../deploy/', import.meta.url));

/** An object of Kubernetes, as far as the tests look at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly config?: string;
    readonly template?: { readonly spec: PodSpec };
  } & PodSpec;
}

interface PodSpec {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly initContainers?: readonly Container[];
  readonly containers?: readonly Container[];
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly object[];
  readonly terminationMessagePolicy?: string;
}

/** The manifests by their paths below `deploy/`. */
export const files: readonly string[] = globSync('**/*.yaml', { cwd: directory }).sort();

/** The objects of a file. Throws for what is no YAML, or has a key twice. */
export function manifestsOf(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(`${directory}${file}`, 'utf8')).map((document) => {
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw fault;
    return document.toJS() as Manifest;
  });
}

/** The containers of an object's pods. */
export function containersOf({ spec }: Manifest): readonly Container[] {
  const pod = spec?.template?.spec ?? spec ?? {};
  return [...(pod.initContainers ?? []), ...(pod.containers ?? [])];
}
