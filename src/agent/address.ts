import type { SocketAddress } from '../host/system/connection.ts';
import { accept, type Parsed, reject } from '../model/parsed.ts';
import { parseSocketDirectory } from '../model/socket-path.ts';

/** The address of an agent. */
export type AgentAddress =
  /** A port of the virtual machine with this context id (CID). */
  | { readonly by: 'vsock'; readonly socket: Extract<SocketAddress, { readonly cid: number }> }
  /** A socket of the VMM, through which a client reaches a port of the guest once it has named the port. */
  | { readonly by: 'hybrid'; readonly path: string; readonly port: number };

/** The lowest CID of a guest; those below are the host's own (VMADDR_CID_… of linux/vm_sockets.h). */
const firstGuest = 3;

/** VMADDR_CID_ANY and VMADDR_PORT_ANY, which address no single guest or port. */
const any = 0xffffffff;

/**
 * Parses an agent's URL in the form of Kata's shims (`agent_url` of the Go runtime, `agent_sock` of the Rust runtime):
 * `vsock://CID:PORT`, or `hvsock://PATH:PORT` with an absolute path.
 */
export function parseAgentUrl(url: string): Parsed<AgentAddress> {
  const [, scheme = '', where = '', digits = ''] = /^([a-z]+):\/\/(.*):(\d{1,10})$/s.exec(url) ?? [];
  const port = Number(digits);
  if (scheme === '') return reject('is not of the form SCHEME://WHERE:PORT');
  if (port === 0 || port >= any) return reject(`has the port ${digits}, which is none`);
  if (scheme === 'vsock') {
    const cid = Number(where);
    if (!/^\d{1,10}$/.test(where) || cid < firstGuest || cid >= any) {
      return reject(`names the virtual machine "${where}", and guests have numbers from ${firstGuest} on`);
    }
    return accept({ by: 'vsock', socket: { cid, port } });
  }
  if (scheme !== 'hvsock') return reject('is of a kind that dan does not speak: it speaks vsock:// and hvsock://');
  const path = parseSocketDirectory(where, '/');
  return path.ok ? accept({ by: 'hybrid', path: path.value, port }) : reject(`has a path that ${path.why}`);
}
