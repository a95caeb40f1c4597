import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Host } from '../harness/host.ts';
import { callPlugin, executable } from '../harness/plugin.ts';
import { makeBridge, networkConfig } from '../host-tap/network.ts';
import { type Drawn, draw } from './drawing.ts';
import { panelsOf, Prometheus, serviceOf } from './monitoring.ts';

// `npm run picture` draws the dashboard from a real run: dan attaches pods, Debian's Prometheus scrapes it, and each
// panel is drawn from Prometheus's answers to its queries. Grafana is not used: it would draw the same rows in its own
// way.

/** Duration of the run in seconds. */
const length = 90;

/** Answers pings at a tap as a guest would. */
const guest = `
import fcntl, os, struct, sys
tap = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH22x', sys.argv[1].encode(), 0x5002))
mac = bytes.fromhex(sys.argv[2].replace(':', ''))
while True:
    got = os.read(tap, 65536)
    head, frame = got[:10], bytearray(got[10:])
    kind = frame[12:14]
    if kind == b'\\x08\\x06' and frame[38:42] == bytes(map(int, sys.argv[3].split('.'))):
        os.write(tap, bytes(10) + frame[6:12] + mac + frame[12:21] + b'\\2' + mac + frame[38:42] + frame[22:32])
    elif kind == b'\\x08\\x00' and frame[23] == 1 and frame[34] == 8:
        frame[26:30], frame[30:34] = frame[30:34], frame[26:30]
        check = struct.unpack('!H', frame[36:38])[0] + 0x800
        frame[34], frame[36:38] = 0, struct.pack('!H', (check & 0xffff) + (check >> 16))
        os.write(tap, bytes(10) + frame[6:12] + mac + frame[12:])
`;

async function run(): Promise<readonly Drawn[]> {
  await using host = await Host.create();
  await makeBridge(host);
  await serviceOf(host, [executable, 'metrics', '--listen', '127.0.0.1:9464']);
  await using prometheus = await Prometheus.start(host);
  const start = Date.now() / 1000;
  const end = start + length;
  const attach = async (pod: string, address: string, changes: object = {}): Promise<string> => {
    const call = { command: 'ADD', sandbox: `sandbox-of-${pod}`, netns: await host.podNetns(pod) } as const;
    const variables = { CNI_ARGS: `K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod}` };
    const config = networkConfig({ addresses: [`${address}/24`], routes: [], ...changes });
    const { json } = await callPlugin(host, { ...call, config, variables });
    return (json['interfaces'] as readonly { readonly name: string }[] | undefined)?.[0]?.name ?? '';
  };
  const detach = async (pod: string): Promise<void> => {
    await callPlugin(host, { command: 'DEL', config: networkConfig(), sandbox: `sandbox-of-${pod}` });
    await host.sh(`ip netns del ${pod}`);
  };
  for (const [at, pod] of ['web-0', 'web-1', 'db-0', 'queue-0'].entries()) {
    const address = `10.88.0.${10 + at}`;
    const tap = await attach(pod, address);
    await serviceOf(host, ['python3', '-c', `print(0, flush=True)\n${guest}`, tap, `52:00:00:00:00:0${at}`, address]);
    const pause = [0.004, 0.01, 0.03, 0.1][at] ?? 1;
    void host.run('ping', ['-q', '-i', String(pause), '-s', '1400', '-w', String(length), address]);
  }
  await host.sh('ip -n db-0 link add net1 type veth peer name net2; ip -n db-0 addr add 10.9.0.2/24 dev net1');
  await attach('gone-0', '10.88.0.99');
  await host.sh('ip netns del gone-0');
  for (let turn = 0; Date.now() / 1000 < end; turn += 1) {
    await attach('job', '10.88.0.50', turn % 5 === 4 ? { bridge: 'br9' } : {});
    await detach('job');
    await delay(turn > 60 ? 100 : 300);
  }
  const drawn: Drawn[] = [];
  for (const panel of panelsOf('10s')) {
    const answers = [];
    for (const { expr, legendFormat = '' } of panel.targets) {
      const isRange = panel.type === 'timeseries';
      const series = isRange ? await prometheus.range(expr, start, end) : [];
      answers.push({ legend: legendFormat, rows: isRange ? [] : await prometheus.query(expr), series });
    }
    drawn.push({ panel, answers });
  }
  return drawn;
}

const file = fileURLToPath(new URL('../../docs/drawings/dashboard.svg', import.meta.url));
await writeFile(file, draw(await run()));
process.stdout.write(`written: ${file}\n`);
// Everything that runs in the host has ended with it.
process.exit(0);
