import { accept, type Parsed, reject } from '../model/parsed.ts';
import type { JsonObject } from '../json/object.ts';
import { mergeTables, numberIn, parseToml, tableAt } from './toml.ts';

/** What dan takes from a Kata configuration.toml. */
export interface KataConfig {
  /** `dan_conf` of `[runtime]`: the directory in which the runtime looks for the file. */
  readonly danConf: string | undefined;
  /** `network_queues` of the hypervisor: queue pairs of a device whose file names none. Kata's own default is 1. */
  readonly networkQueues: number;
  /** The hypervisor it is for, by the name of its table; undefined if it has none. */
  readonly hypervisor: string | undefined;
}

/** A drop-in: a file of the directory `config.d` beside a configuration.toml. */
export interface DropIn {
  readonly name: string;
  readonly text: string;
}

/**
 * Parses the text of a Kata configuration.toml, of the Go or the Rust runtime, with its drop-ins laid over it in the order
 * in which they are given.
 */
export function parseKataConfig(text: string, dropIns: readonly DropIn[] = []): Parsed<KataConfig> {
  const main = parseToml(text);
  if (!main.ok) return main;
  let document = main.value;
  for (const { name, text: over } of dropIns) {
    const parsed = parseToml(over);
    if (!parsed.ok) return reject(`has a drop-in config.d/${name} that ${parsed.why}`);
    document = mergeTables(document, parsed.value);
  }
  return readTables(document);
}

function readTables(document: JsonObject): Parsed<KataConfig> {
  const danConf = tableAt(document, 'runtime')['dan_conf'];
  if (danConf !== undefined && (typeof danConf !== 'string' || !danConf.startsWith('/'))) {
    return reject('has a "dan_conf" in [runtime] that is not an absolute path');
  }
  const { name, table } = usedHypervisor(document);
  const queues = numberIn(table, 'network_queues') ?? 0;
  return accept({ danConf, networkQueues: queues > 0 ? queues : 1, hypervisor: name });
}

/** A hypervisor's table. */
export interface HypervisorTable {
  /** Undefined: the configuration is for none. */
  readonly name: string | undefined;
  readonly table: JsonObject;
}

/** The table that counts: the Rust runtime names the one it uses; a file of the Go runtime has one alone. */
export function usedHypervisor(document: JsonObject): HypervisorTable {
  const tables = tableAt(document, 'hypervisor');
  const named = tableAt(document, 'runtime')['hypervisor_name'];
  const name = typeof named === 'string' ? named : Object.keys(tables)[0];
  return { name, table: name === undefined ? {} : tableAt(tables, name) };
}
