import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseContainerdFile, readSettings } from '../../src/config/containerd.ts';
import { readContainerd } from '../../src/node/containerd.ts';
import { MadeUpNode } from '../../test/cli/doctor/made-up-node.ts';
import { eventually } from '../harness/eventually.ts';
import { Host } from '../harness/host.ts';
import { install, pluginDirectory, writeInside } from '../harness/install.ts';
import { executable } from '../harness/plugin.ts';

const configuration = `
version = 2
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${pluginDirectory}"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata]
runtime_type = "io.containerd.kata.v2"
runtime_path = "/etc/kata-containers/containerd-shim-kata-v2"
cni_conf_dir = "/etc/cni/kata.d"
`;

const kataConfiguration = `
[hypervisor.dragonball]
[runtime]
hypervisor_name = "dragonball"
dan_conf = "/run/kata-containers/dans"
`;

const network = (cniVersion: string, runtime: string): string =>
  JSON.stringify({
    cniVersion,
    name: 'kata-net',
    plugins: [{ type: 'dan', device: 'host-tap', runtime, bridge: null, addresses: ['10.1.0.5/24'] }],
  });

const shim = (version: string): string => `#!/bin/sh\necho 'Kata Containers containerd shim (${version}, commit: 0'\n`;

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly seen: string;
}

/** The findings of `dan doctor --json` for some checks, as lines. */
async function doctor(host: Host, ids: RegExp): Promise<readonly string[]> {
  const { stdout } = await host.run(executable, ['doctor', '--json']);
  const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
  return findings.filter(({ id }) => ids.test(id)).map(({ id, severity, seen }) => `${severity} ${id}: ${seen}`);
}

describe('dan doctor on a node that runs', () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.create();
    await install(host, executable);
    await writeInside(host, '/etc/containerd/config.toml', configuration);
    await writeInside(host, '/etc/kata-containers/runtime-rs/configuration.toml', kataConfiguration);
    await writeInside(host, '/etc/cni/kata.d/10-dan.conflist', network('1.0.0', 'runtime-rs'));
    await putShim('Rust): id: io.containerd.kata.v2, version: 4.0.1');
  });
  afterAll(async () => {
    await host[Symbol.asyncDispose]();
  });

  const putShim = async (version: string): Promise<void> => {
    await writeInside(host, '/etc/kata-containers/containerd-shim-kata-v2', shim(version));
    await host.sh('chmod 755 /etc/kata-containers/containerd-shim-kata-v2');
  };

  test('finds nothing where all is well', async () => {
    expect(await doctor(host, /^(kata|cni)-/)).toEqual([]);
  });

  test('asks containerd for its version', async () => {
    await writeInside(host, '/etc/cni/kata.d/10-dan.conflist', network('1.1.0', 'runtime-rs'));
    expect(await doctor(host, /^cni-version$/)).toEqual([
      expect.stringMatching(/^error cni-version: .* has "cniVersion": "1.1.0", and containerd is 1\.\d+\.\d+/),
    ]);
    await writeInside(host, '/etc/cni/kata.d/10-dan.conflist', network('1.0.0', 'runtime-rs'));
  });

  test('asks the shim which runtime it is, and looks where that one looks', async () => {
    await putShim('Rust): id: io.containerd.kata.v2, version: 3.29.0');
    expect(await doctor(host, /^kata-/)).toEqual([
      expect.stringMatching(/^error kata-runtime-profile: .* Rust runtime 3.29.0, and .* has "runtime": "runtime-rs"$/),
    ]);
    await putShim('Golang): id: "io.containerd.kata.v2", version: 3.29.0');
    expect(await doctor(host, /^kata-/)).toEqual([
      expect.stringMatching(/^error kata-runtime-profile: .* is Kata’s Go runtime/),
      expect.stringMatching(/^error kata-config: .* at \/etc\/kata-containers\/configuration.toml, \/usr/),
    ]);
    await putShim('Rust): id: io.containerd.kata.v2, version: 4.0.1');
  });

  test('sees a plugin that was cut off while it was copied, and one that is another program', async () => {
    const place = `${pluginDirectory}/dan`;
    await host.sh(`head -c 1000000 '${executable}' >'${place}'`);
    expect(await doctor(host, /^cni-executable/)).toEqual([
      expect.stringMatching(/^error cni-executable: \/usr\/lib\/cni\/dan was cut off: it has 1000000 bytes/),
    ]);
    await host.sh(`cp ${pluginDirectory}/bridge '${place}.new'; mv '${place}.new' '${place}'`);
    expect(await doctor(host, /^cni-executable/)).toEqual([
      expect.stringMatching(/^error cni-executable-version: .* does not answer as dan does/),
    ]);
    await install(host, executable);
  });
});

test('dan doctor takes the configuration that the running containerd was started with, and what it imports', async () => {
  await using host = await Host.create();
  await install(host, executable);
  await writeInside(host, '/etc/containerd/config.toml', 'version = 2\n');
  const before = await doctor(host, /^kata-handler$/);
  expect(before).toEqual([expect.stringMatching(/^error kata-handler: no handler/)]);
  const places =
    'root = "/run/elsewhere/root"\nstate = "/run/elsewhere/state"\n[grpc]\naddress = "/run/elsewhere/sock"\n';
  await writeInside(
    host,
    '/run/elsewhere/main.toml',
    `version = 2\nimports = ["/run/elsewhere/parts/*.toml"]\n${places}`,
  );
  await writeInside(host, '/run/elsewhere/parts/kata.toml', configuration);
  const containerd = host.spawn('containerd', ['--config', '/run/elsewhere/main.toml'], { reject: false });
  await eventually(
    'its socket',
    async () => (await host.run('test', ['-S', '/run/elsewhere/sock'])).exitCode === 0 || undefined,
  );
  expect(await doctor(host, /^(kata-handler|cni-containerd)$/)).toEqual([
    'note cni-containerd: /run/elsewhere/main.toml imports /run/elsewhere/parts/kata.toml',
    'note cni-containerd: /run/elsewhere/main.toml is looked at, and not /etc/containerd/config.toml',
  ]);
  containerd.kill('SIGKILL');
});

// containerd can print its effective configuration, which ours must equal.
describe('the configuration of containerd is read as containerd reads it', () => {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const kata = `[${cri}.containerd.runtimes.kata]\nruntime_type = "io.containerd.kata.v2"\n`;
  test.each([
    ['a handler more takes the built-in one away', { 'config.toml': `version = 2\n${kata}` }],
    [
      'without a version',
      {
        'config.toml':
          '[plugins.cri.cni]\nconf_dir = "/a"\n[plugins.cri.containerd.runtimes.k]\nruntime_type = "io.containerd.kata.v2"\ncni_conf_dir = "/k"\n',
      },
    ],
    [
      'an imported file that has the section has it alone',
      {
        'config.toml': `version = 2\nimports = ["parts/*.toml", "last.toml"]\n[${cri}.cni]\nconf_dir = "/a"\n`,
        'parts/10.toml': `version = 2\n${kata}cni_conf_dir = "/k"\ncni_max_conf_num = 2\n`,
        'last.toml': 'version = 2\n[plugins."io.containerd.internal.v1.opt"]\npath = "/o"\n',
      },
    ],
    [
      'a handler of untrusted pods',
      {
        'config.toml': `version = 2\n[${cri}.containerd.untrusted_workload_runtime]\nruntime_type = "io.containerd.kata.v2"\n${kata}`,
      },
    ],
    ['nothing', { 'config.toml': 'version = 2\n' }],
  ] as const)('%s', async (_, files) => {
    using node = new MadeUpNode();
    node.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`/etc/containerd/${name}`, text])));
    const directory = `${node.root}/etc/containerd`;
    // Before 2.0, it resolves a relative glob from its working directory.
    const dumped = await execa('containerd', ['-c', `${directory}/config.toml`, 'config', 'dump'], { cwd: directory });
    const parsed = parseContainerdFile(dumped.stdout);
    const theirs = parsed.ok ? readSettings([parsed.value], false) : undefined;
    // Nobody can be asked for the version on a node that is only mounted; here it is known to be older than 2.0.
    const read = await readContainerd(node);
    const ours = readSettings(
      (read?.files ?? []).map((path) => fileAt(files, path)),
      false,
    );
    expect(ours).toEqual(theirs);
  });
});

function fileAt(files: Readonly<Record<string, string>>, path: string) {
  const parsed = parseContainerdFile(files[path.replace('/etc/containerd/', '')] ?? '');
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed.value;
}
