import { danError, sentenceOf } from '../model/error.ts';
import { firstOf } from '../model/first-of.ts';
import type { InterfaceName } from '../model/interface-name.ts';
import { type Mtu, parseMtu } from '../model/mtu.ts';
import type { PciFunction } from '../model/virtual-function.ts';
import { protocolError } from '../protocol/error.ts';
import type { NodeView } from './device.ts';
import { functionFault } from './function-faults.ts';
import type { VfioRequest } from './function-settings.ts';

/**
 * Chooses the requested function, or a free one of the physical function. Throws `function-missing`,
 * `no-free-function`, `function-unusable`, `function-taken`.
 */
export function chooseFunction(
  { address, master, bindDriver }: VfioRequest,
  { functions, hasVfioDriver = false }: NodeView,
): PciFunction {
  const use = { bindDriver, hasVfioDriver };
  if (address !== undefined) {
    const [found] = functions ?? [];
    if (found === undefined)
      throw missing(`there is no PCI function ${address} on this node`, 'name one that "lspci -D" shows');
    const fault = functionFault(found, use);
    if (fault !== undefined) throw danError(fault.error, sentenceOf(fault));
    if (master === undefined || found.physical?.link === master) return found;
    throw danError(
      'function-unusable',
      `the function ${address} belongs to ${found.physical?.link ?? 'nobody'}, and "master" names ${master}: correct one of them, or leave "master" out`,
    );
  }
  if (functions === undefined) {
    throw missing(`the host has no interface ${master ?? ''}`, 'name the interface of a physical function in "master"');
  }
  if (functions.length === 0) {
    throw missing(
      `${master ?? ''} has no virtual functions`,
      `make some with "echo 4 > /sys/class/net/${master ?? ''}/device/sriov_numvfs", or name another physical function in "master"`,
    );
  }
  const faults = functions.map((found) => functionFault(found, use));
  const free = functions.find((_, at) => faults[at] === undefined);
  if (free !== undefined) return free;
  const why = faults.filter((fault) => fault !== undefined);
  throw danError(
    'no-free-function',
    `none of the ${functions.length} virtual functions of ${master ?? ''} is free: ` +
      `${firstOf(why, 'functions', ({ seen }) => seen)}; make more of them, or have fewer pods with this network on the node`,
  );
}

function missing(seen: string, cure: string): Error {
  return danError('function-missing', sentenceOf({ seen, cure }));
}

/**
 * The MTU of a function: the requested one, or that of its physical function. Throws `invalid-configuration` if the
 * requested one is larger.
 */
export function functionMtu(asked: Mtu | undefined, link: InterfaceName, most: number): Mtu {
  if (asked !== undefined && asked > most) {
    throw protocolError(
      'invalid-configuration',
      `"mtu" ${asked} is above that of the physical function ${link}, ${most}, which its functions cannot pass: say ${most} or ` +
        `less, or raise it with "ip link set dev ${link} mtu ${asked}"`,
    );
  }
  if (asked !== undefined) return asked;
  const parsed = parseMtu(most);
  if (parsed.ok) return parsed.value;
  throw protocolError('invalid-configuration', `the MTU ${most} of ${link} ${parsed.why}: set "mtu"`);
}
