import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The first words of the commands that dan recommends. */
const programs =
  'awk bridge cat chmod chown conntrack cp crictl dan df dmesg docker ethtool findmnt grep install ip ip6tables iptables ' +
  'journalctl kill kubectl ln ls lsmod lsof mkdir modprobe mount mv networkctl nft nmcli nsenter ovs-appctl ovs-vsctl ping ' +
  'podman ps restorecon rm sed ss stat sysctl systemctl tc touch truncate udevadm umount unshare';

const program = `(?:${programs.split(' ').join('|')}|\\$\\{program\\})`;

// In the code, a command is in quotes within a text, or is a text of its own. Words like "install" and "dan" begin
// sentences, too, so only other programs are recognized without quotes. In the texts of dan explain, a command is in
// backticks.
const within = new RegExp(`"(${program} [^"\\n]+)"`, 'g');
const alone =
  /(?<=['`])((?:crictl|ip6?tables|kubectl|modprobe|networkctl|nmcli|ovs-vsctl|sysctl|systemctl|udevadm) [^'`\n]+)(?=['`])/g;
const marked = new RegExp(`\`(${program} [^\`]+)\``, 'g');

/** Every command that a message, doctor, list, show or explain recommends, with … for variable parts. */
export function handedOut(): readonly string[] {
  const commands = globSync('src/**/*.{ts,json}', { cwd: root })
    // The help about calling dan is tested with the command line.
    .filter((path) => !/\/command\.ts$|\/cli\/(?:arguments|about|completion)/.test(path))
    .flatMap((path) => {
      const text = readFileSync(`${root}${path}`, 'utf8');
      if (path.endsWith('.json'))
        return [...text.replaceAll('\\"', '"').matchAll(marked)].map(([, command = '']) => command);
      // Joins texts of several lines, and removes comments.
      const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '').replace(/['`] \+\s*['`]/g, '');
      return [within, alone].flatMap((form) => [...code.matchAll(form)].map(([, command = '']) => command));
    });
  return [...new Set(commands.map(withoutValues))].sort();
}

function withoutValues(command: string): string {
  return command
    .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
    .replace(/<[a-z ]+>|\b[A-Z]{4,}\b(?! -i)/g, '…')
    .replace(/\\n$/, '')
    .trim();
}
