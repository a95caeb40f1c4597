import type { Material } from './packages.ts';

/** The content of a bill of materials. */
export interface Program {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the file, in hexadecimal digits. */
  readonly sha256: string;
  /** The materials in it. */
  readonly parts: readonly Material[];
  /** The tools that made it. */
  readonly tools: readonly Material[];
}

/**
 * The bill of materials of a program, in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json). It has no time, no serial
 * number and no name of a machine, so the same program always has the same bill. Pure.
 */
export function billOfMaterials({ name, version, sha256, parts, tools }: Program): string {
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      tools: { components: tools.map((tool) => componentOf('application', tool)) },
      component: componentOf('application', { name, version, hash: { alg: 'SHA-256', content: sha256 } }),
    },
    components: parts.map((part) => componentOf('library', part)),
  };
  return `${JSON.stringify(bill, null, 2)}\n`;
}

function componentOf(type: 'application' | 'library', { hash, license, purl, ...named }: Material): object {
  return {
    type,
    ...named,
    ...(hash === undefined ? {} : { hashes: [hash] }),
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(purl === undefined ? {} : { purl }),
  };
}
