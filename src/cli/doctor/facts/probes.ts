import { run } from '../../../host/command.ts';
import { findProgram } from '../../../host/tools.ts';
import type { Feature } from '../../../kinds/kind.ts';
import type { Tool } from '../../../model/tool.ts';
import { messageOf } from '../../../json/thrown.ts';

/** The results of making one object of each kind. */
export interface Probes {
  /** The features that were tried. */
  readonly tried: readonly Feature[];
  /** The complaint of the program, for each feature that failed. */
  readonly faults: Readonly<Partial<Record<Feature, string>>>;
  /** Why not everything was tried, as the end of a sentence. */
  readonly hindrance: string | undefined;
}

/** The programs with which the kernel is probed. */
export const probingTools = ['unshare', 'ip', 'tc'] as const satisfies readonly Tool[];

/** Seconds that all probes together may take. */
const timeoutSeconds = 20;

// These are the commands of the program for Node; the executable requests the same through rtnetlink. Filters are tried
// on `lo`, which every namespace has. A macvtap and an altname are tried on whichever link could be made, so that one
// missing feature does not hide the others.
const script = `
ip=$1
tc=$2
probe() {
  feature=$1
  shift
  said=$("$@" 2>&1)
  code=$?
  echo "$feature $code $(echo "$said" | tr '\\n\\r' '  ')"
  return $code
}
link=lo
probe veth $ip link add dev probe1 type veth peer name probe2 && link=probe1
probe bridge $ip link add dev probe3 type bridge && link=probe3
probe tap $ip tuntap add dev probe4 mode tap multi_queue vnet_hdr && link=probe4
probe altname $ip link property add dev $link altname dan-0123456789abcdef0123456789abcdef01234567
probe macvtap $ip link add link $link name probe5 type macvtap mode bridge
probe ifb $ip link add dev probe6 type ifb
[ -n "$tc" ] || exit 0
probe tbf $tc qdisc add dev lo root tbf rate 8mbit burst 10000 limit 10000
probe ingress $tc qdisc add dev lo ingress
probe u32 $tc filter add dev lo parent ffff: protocol all u32 match u32 0 0 classid 1:1
probe mirred $tc filter add dev lo parent ffff: protocol all u32 match u32 0 0 \\
  action mirred egress redirect dev lo cookie 0123456789abcdef0123456789abcdef
exit 0
`;

/**
 * Makes one object of each kind in a temporary network namespace, with one shell. The kernel loads missing modules, as
 * it would for a pod.
 */
export async function probeKernel(): Promise<Probes> {
  const nothing = (hindrance: string): Probes => ({ tried: [], faults: {}, hindrance });
  const [unshare, ip, tc] = probingTools.map((name) => findProgram(name, { root: '/' }));
  if (unshare === undefined) return nothing('the program "unshare" is missing');
  if (ip === undefined) return nothing('the program "ip" is missing');
  try {
    const args = ['--net', '--', '/bin/sh', '-c', script, 'sh', ip, tc ?? ''];
    const { exitCode, stdout, stderr } = await run(unshare, args, { timeoutSeconds, group: true });
    if (exitCode !== 0) return nothing(`no network namespace could be made to try it in (${stderr.trim()})`);
    return readProbes(stdout, tc === undefined ? 'the program "tc" is missing' : undefined);
  } catch (error) {
    return nothing(messageOf(error));
  }
}

/** Reads the output of the probes: for each feature a line with its name, the exit code and the complaint. Pure. */
export function readProbes(output: string, hindrance: string | undefined): Probes {
  const lines = output.split('\n').flatMap((line) => {
    const [, feature, code = '', said = ''] = /^(\w+) (\d+) ?(.*)$/.exec(line) ?? [];
    return feature === undefined ? [] : [{ feature: feature as Feature, code, said: said.trim() }];
  });
  const failed = lines.filter(({ code }) => code !== '0');
  return {
    tried: lines.map(({ feature }) => feature),
    faults: Object.fromEntries(
      failed.map(({ feature, code, said }) => [feature, said === '' ? `exit code ${code}` : said]),
    ),
    hindrance,
  };
}
