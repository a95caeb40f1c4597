import { Cluster } from '../../integration/kubernetes/cluster.ts';
import { installDan } from '../../integration/kubernetes/dan.ts';
import { kataPod } from '../../integration/kubernetes/pods.ts';
import { writeInside } from '../../integration/harness/install.ts';

// Measures how many pods a second become Ready on one node of a real Kubernetes cluster: with dan after the reference
// plugin bridge, and with bridge alone, on the same cluster and with the same handler. The order alternates between
// rounds, so that neither always comes first.

const pods = 50;
const rounds = Number(process.argv[2] ?? 3);

/** A list that sorts before the DaemonSet's list, and that has the plugins before dan, under another name. */
const alone = '/etc/cni/kata.d/00-bridge.conflist';

try {
  if (process.getuid?.() !== 0) throw new Error('The benchmark makes network namespaces: run it as root.');
  await using cluster = await Cluster.start();
  await installDan(cluster);
  const seconds: Record<'bridge' | 'dan behind bridge', number[]> = { bridge: [], 'dan behind bridge': [] };
  const subjects = Object.keys(seconds) as (keyof typeof seconds)[];
  // The first pods on a node have to wait for images to be unpacked and for bridges to be made.
  for (const subject of subjects) await measure(cluster, subject, 5, `warm-${subjects.indexOf(subject)}`);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const subject of order) {
      const took = await measure(cluster, subject, pods, `round-${round}-${subjects.indexOf(subject)}`);
      seconds[subject].push(took);
      process.stderr.write(`round ${round + 1}, ${subject}: ${pods} pods Ready in ${took.toFixed(1)} s\n`);
    }
  }
  for (const subject of subjects) {
    const rates = seconds[subject].map((took) => pods / took).sort((a, b) => a - b);
    const median = rates[rates.length >> 1] ?? Number.NaN;
    const shown = rates.map((rate) => rate.toFixed(1)).join(', ');
    process.stdout.write(`${subject}: ${median.toFixed(1)} pods Ready per second (rounds: ${shown})\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Seconds from the creation of pods until the last one is Ready. The pods are deleted afterwards. */
async function measure(
  cluster: Cluster,
  subject: 'bridge' | 'dan behind bridge',
  count: number,
  app: string,
): Promise<number> {
  const { host } = cluster.node('n1');
  const { plugins, ...list } = JSON.parse(await host.sh('cat /etc/cni/kata.d/10-dan.conflist')) as {
    readonly plugins: readonly object[];
  };
  if (subject === 'bridge') {
    await writeInside(host, alone, JSON.stringify({ ...list, name: 'bridge-alone', plugins: plugins.slice(0, 1) }));
  } else {
    await host.sh(`rm -f ${alone}`);
  }
  const start = performance.now();
  await cluster.kubectl.apply(...Array.from({ length: count }, (_, at) => kataPod({ name: `${app}-${at}`, app })));
  await cluster.kubectl.wait('condition=Ready', ['pod', '-l', `app=${app}`], 600);
  const took = (performance.now() - start) / 1000;
  await cluster.kubectl.run('delete', 'pods', '-l', `app=${app}`);
  return took;
}
