import { parse } from 'smol-toml';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { isObject, type JsonObject } from '../protocol/input.ts';

/** What dan takes from a Kata configuration.toml. */
export interface KataConfig {
  /** `dan_conf` of `[runtime]`: the directory in which the runtime looks for the file. */
  readonly danConf: string | undefined;
  /** `network_queues` of the hypervisor: queue pairs of a device whose file names none. Kata's own default is 1. */
  readonly networkQueues: number;
  /** The hypervisor it is for, by the name of its table; undefined if it has none. */
  readonly hypervisor: string | undefined;
}

/** Parses the text of a Kata configuration.toml, of the Go or the Rust runtime. */
export function parseKataConfig(text: string): Parsed<KataConfig> {
  let document: JsonObject;
  try {
    // Kata's own templates hold integers beyond 2^53.
    document = parse(text, { integersAsBigInt: 'asNeeded' });
  } catch (error) {
    return reject(`is not TOML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const runtime = isObject(document['runtime']) ? document['runtime'] : {};
  const danConf = runtime['dan_conf'];
  if (danConf !== undefined && (typeof danConf !== 'string' || !danConf.startsWith('/'))) {
    return reject('has a "dan_conf" in [runtime] that is not an absolute path');
  }
  const { name, table } = usedHypervisor(document, runtime['hypervisor_name']);
  const queues = table['network_queues'];
  return accept({ danConf, networkQueues: typeof queues === 'number' && queues > 0 ? queues : 1, hypervisor: name });
}

// The Rust runtime names the table it uses; a file of the Go runtime has one table alone.
function usedHypervisor(document: JsonObject, named: unknown): { name: string | undefined; table: JsonObject } {
  const tables = isObject(document['hypervisor']) ? document['hypervisor'] : {};
  const name = typeof named === 'string' ? named : Object.keys(tables)[0];
  const table = name === undefined ? undefined : tables[name];
  return { name, table: isObject(table) ? table : {} };
}
