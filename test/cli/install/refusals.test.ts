import { chmodSync, chownSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runLine } from '../../../src/cli/run.ts';
import { containerdWithKata, containerdWithoutDirectory, kataPath, MadeUpNode } from './made-up-node.ts';

const hostTap = ['--config', 'host-tap'];
const cilium = '{ "cniVersion": "1.0.0", "name": "cilium", "plugins": [{ "type": "cilium-cni" }] }';

/** Runs an installation that is refused, checks that nothing changed, and returns the reasons in one line. */
async function refusal(node: MadeUpNode, ...words: readonly string[]): Promise<string> {
  const before = node.everything();
  const { exitCode, stdout } = await node.run('install', ...words);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/\nNothing was changed\.\n$/);
  expect(node.everything()).toEqual(before);
  const [, reasons = ''] = /^Refused\n(.*?)\n\n/ms.exec(stdout) ?? [];
  return reasons.replaceAll(/\s+/g, ' ').trim();
}

describe('the directory of network configurations', () => {
  it('is refused where the handler has none of its own, with what to add to containerd’s configuration', async () => {
    using node = MadeUpNode.withKata({ '/etc/containerd/config.toml': containerdWithoutDirectory });
    expect(await refusal(node, ...hostTap)).toBe(
      '- containerd’s handler kata has no cni_conf_dir, so a configuration would apply to every pod of this node, and a ' +
        'pod that is not Kata’s gets no network from dan. Give the directory with --conf-dir /etc/cni/kata.d, and in ' +
        '/etc/containerd/config.toml, add to the table of each handler its line: ' +
        '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.kata] cni_conf_dir = "/etc/cni/kata.d" ' +
        'then restart containerd ("systemctl restart containerd"), which reads this only when it starts; pods go on running',
    );
    // If the directory is named, the file goes there, with the same message.
    const { exitCode, stdout } = await node.run('install', ...hostTap, '--conf-dir', '/etc/cni/kata.d');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('no Kata handler looks into /etc/cni/kata.d yet');
    expect(stdout).toContain('    cni_conf_dir = "/etc/cni/kata.d"\n');
  });

  it('is asked for where there is no containerd with Kata', async () => {
    using node = new MadeUpNode();
    expect(await refusal(node, ...hostTap)).toContain('name the directory with --conf-dir');
  });

  it('is asked for where Kata’s handlers have several', async () => {
    const second = containerdWithKata.slice(containerdWithKata.indexOf('[plugins', 100)).replaceAll('kata', 'kata-fc');
    using node = MadeUpNode.withKata({ '/etc/containerd/config.toml': containerdWithKata + second });
    expect(await refusal(node, ...hostTap)).toContain('/etc/cni/kata-fc.d, /etc/cni/kata.d: name one');
  });

  it('is refused where other pods use it, and with --shared it is told who takes what', async () => {
    using node = MadeUpNode.withKata({ '/etc/containerd/config.toml': containerdWithoutDirectory });
    node.write('/etc/cni/net.d/05-cilium.conflist', cilium);
    const words = [...hostTap, '--conf-dir', '/etc/cni/net.d'];
    expect(await refusal(node, ...words)).toBe(
      '- /etc/cni/net.d is not for Kata’s pods alone: containerd’s handler runc looks there, too; it already holds ' +
        '05-cilium.conflist. Install into a directory of its own, or with --shared, and then /etc/cni/net.d: ' +
        'containerd’s handler runc takes 05-cilium.conflist; /etc/cni/net.d: containerd’s handler kata takes ' +
        '05-cilium.conflist, not 10-dan.conflist: Kata’s pods do not get it',
    );
    const { exitCode, stdout } = await node.run('install', ...words, '--shared');
    expect(exitCode).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('handler kata takes 05-cilium.conflist, not 10-dan.conflist');
    expect(node.everything()).toHaveProperty(['/etc/cni/net.d/10-dan.conflist']);
  });

  it('is refused where it is Kata’s alone, and holds other files', async () => {
    using node = MadeUpNode.withKata();
    node.write('/etc/cni/kata.d/99-other.conf', '{}');
    expect(await refusal(node, ...hostTap)).toContain('it already holds 99-other.conf.');
    const { stdout } = await node.run('install', ...hostTap, '--shared');
    expect(stdout).toContain('containerd’s handler kata takes 10-dan.conflist\n');
  });

  it('what libcni does not take for a configuration does not count', async () => {
    using node = MadeUpNode.withKata();
    node.write('/etc/cni/kata.d/README', '');
    node.write('/etc/cni/kata.d/05-old.conflist.bak', '');
    expect(await node.run('install', ...hostTap)).toMatchObject({ exitCode: 0 });
  });

  it('is refused where containerd’s configuration cannot be read', async () => {
    using node = MadeUpNode.withKata({ '/etc/containerd/config.toml': 'version = [' });
    expect(await refusal(node, ...hostTap, '--conf-dir', '/etc/cni/kata.d')).toContain(
      'dan cannot find out who would get the configuration',
    );
  });
});

describe('a file', () => {
  it('that somebody else put where the network configuration goes is refused', async () => {
    using node = MadeUpNode.withKata();
    node.write('/etc/cni/kata.d/10-dan.conflist', cilium);
    expect(await refusal(node, ...hostTap)).toContain('"dan install" did not put it there');
  });

  it('that is none, where the plugin goes, is refused', async () => {
    using node = MadeUpNode.withKata();
    mkdirSync(node.at('/opt/cni/bin/dan'));
    expect(await refusal(node)).toBe('- /opt/cni/bin/dan exists and is not a file: remove it');
  });

  it('that is to be the network configuration, and that the plugin would refuse, is refused with its own words', async () => {
    using node = MadeUpNode.withKata();
    node.write('/own.conflist', '{ "name": "n", "plugins": [{ "type": "dan", "brigde": "br0" }] }');
    expect(await refusal(node, '--config', './node/own.conflist')).toContain('"brigde"');
    node.write('/own.conflist', cilium);
    expect(await refusal(node, '--config', './node/own.conflist')).toContain('has no plugin of type "dan"');
    node.write('/own.conflist', '{ "cniVersion": "1.0.0", "name": "n", "type": "dan" }');
    expect(await refusal(node, '--config', './node/own.conflist')).toContain('has no "plugins"');
    node.write('/own.conflist', 'name = "n"');
    expect(await refusal(node, '--config', './node/own.conflist')).toContain('is not JSON');
  });

  it('that should be the manifest, and is something else, is refused', async () => {
    using node = MadeUpNode.withKata({ '/var/lib/dan/installed.json': '{}' });
    expect(await refusal(node)).toContain('/var/lib/dan/installed.json is not what this dan writes');
    expect(await node.run('uninstall')).toMatchObject({ exitCode: 1 });
  });
});

describe('a directory that somebody else may write to is refused, with what cures it', () => {
  const cures = '"chmod go-w';

  it.each([
    ['the plugin’s', '/opt/cni/bin', 0o777],
    ['the plugin’s, for a group', '/opt/cni/bin', 0o775],
    ['the plugin’s, where nobody removes what is another’s', '/opt/cni/bin', 0o1777],
    ['one above the plugin’s', '/opt', 0o757],
    ['the network’s', '/etc/cni/kata.d', 0o722],
    ['one above that of what is installed', '/var/lib', 0o777],
  ])('%s', async (_, directory, mode) => {
    using node = MadeUpNode.withKata();
    chmodSync(node.at(directory), mode);
    expect(await refusal(node, ...hostTap)).toBe(
      `- ${directory} can be written to by others, and root would use what is put there: ${cures} ${directory}"`,
    );
  });

  it('also where a link leads to it', async () => {
    using node = MadeUpNode.withKata();
    rmSync(node.at('/opt/cni/bin'), { recursive: true });
    mkdirSync(node.at('/srv/plugins'), { recursive: true });
    symlinkSync('/srv/plugins', node.at('/opt/cni/bin'));
    expect((await node.run('install')).exitCode).toBe(0);
    chmodSync(node.at('/srv/plugins'), 0o777);
    const refused = expect.stringContaining('/srv/plugins can be written to by others');
    expect(await node.run('install')).toMatchObject({ exitCode: 1, stdout: refused });
  });

  it('when it is undone, too: what was installed there is written down where somebody else may have changed it', async () => {
    using node = MadeUpNode.withKata();
    await node.run('install');
    chmodSync(node.at('/var/lib/dan'), 0o777);
    const refused = expect.stringContaining('/var/lib/dan can be written to by others');
    expect(await node.run('uninstall')).toMatchObject({ exitCode: 1, stdout: refused });
    expect(node.everything()).toHaveProperty(['/opt/cni/bin/dan']);
  });

  it.runIf(process.getuid?.() === 0)('and so is one of another user', async () => {
    using node = MadeUpNode.withKata();
    chownSync(node.at('/opt/cni/bin'), 65534, 0);
    expect(await refusal(node)).toContain('/opt/cni/bin belongs to user 65534');
  });
});

describe('a Kata configuration', () => {
  it('that looks for DAN files elsewhere is refused, with both cures', async () => {
    using node = MadeUpNode.withKata({ [kataPath]: '[runtime]\ndan_conf = "/run/elsewhere"\n' });
    expect(await refusal(node)).toBe(
      `- ${kataPath} makes Kata look for DAN files in /run/elsewhere, but dan would write them to ` +
        '/run/kata-containers/dans: correct its "dan_conf", or install a configuration with "danConf": "/run/elsewhere"',
    );
  });

  it('that is not TOML is refused', async () => {
    using node = MadeUpNode.withKata({ [kataPath]: '[runtime' });
    expect(await refusal(node)).toContain('name another Kata configuration with --kata-config');
  });

  it('that is named and not there is refused', async () => {
    using node = MadeUpNode.withKata();
    expect(await refusal(node, '--kata-config', '/etc/kata.toml')).toContain(
      'at /etc/kata.toml: correct --kata-config',
    );
  });

  it('that nobody finds leaves it to the operator', async () => {
    using node = MadeUpNode.withKata();
    rmSync(node.at(kataPath));
    expect((await node.run('install')).stdout).toContain(
      'dan found no Kata configuration in the places where Kata looks',
    );
  });
});

describe('wrong use', () => {
  it.each([
    [['--config', 'nope'], 'there is no ready configuration "nope"; there are host-tap'],
    [['--config', './nope'], 'there is no file '],
    [['--conf-dir', '/etc/cni/kata.d'], 'name one with --config, too'],
    [['--bin-dir', 'bin'], '--bin-dir is a path on the node, and begins with "/"'],
  ])('%j', async (words, why) => {
    using node = MadeUpNode.withKata();
    expect(await node.run('install', ...words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(why) });
  });

  it('a script is no plugin that a container runtime could start by itself', async () => {
    using node = MadeUpNode.withKata();
    const told = { stdout: '', stderr: '' };
    const terminal = { ...node.terminal(told), executable: undefined };
    expect(await runLine(['install', '--root', node.root], terminal)).toBe(2);
    expect(told.stderr).toContain('call the compiled executable, dist/dan');
  });
});

describe('uninstalling', () => {
  it('is refused while pods are attached, by their number and with the command that lists them', async () => {
    using node = MadeUpNode.withKata();
    await node.run('install');
    const record = { format: 1, network: 'kata-net', sandbox: 'pod', ifname: 'eth0', entry: {} };
    node.write('/run/dan/attachments/dan0123456789a.json', JSON.stringify(record));
    node.write('/run/dan/attachments/dan0123456789b.json', 'half a rec');
    const before = node.everything();
    const { exitCode, stdout } = await node.run('uninstall');
    expect(exitCode).toBe(1);
    const told = stdout.replaceAll(/\s+/g, ' ');
    expect(told).toContain('this node has 2 attachments, which only dan can detach; "dan list" shows them');
    expect(told).toContain('"kubectl drain"');
    expect(node.everything()).toEqual(before);
  });

  it('does not wait for an attachment whose ADD did not come to its end', async () => {
    using node = MadeUpNode.withKata();
    await node.run('install');
    const record = { format: 1, network: 'kata-net', sandbox: 'pod', ifname: 'eth0' };
    node.write('/run/dan/attachments/dan0123456789a.json', JSON.stringify(record));
    expect((await node.run('uninstall')).exitCode).toBe(0);
  });
});
