import { type DanErrorName, danErrors } from '../../model/error.ts';
import { type ProtocolErrorName, protocolErrors } from '../../protocol/error.ts';
import errorTexts from './errors.json' with { type: 'json' };
import messageTexts from './messages.json' with { type: 'json' };

// The texts themselves are in errors.json and messages.json, in Markdown of one line each: code and links to pages of docs
// are all that is used of it. An error without a text, and a message without a pattern, do not compile.

/** What an error means and what helps against it. */
interface Explanation {
  /** What happened, and what state that leaves. */
  readonly meaning: string;
  /** How that comes about. */
  readonly cause: string;
  /** What to do, the likeliest first. */
  readonly cure: string;
}

/** An error of dan's with what there is to say about it. */
export interface ErrorRow extends Explanation {
  /** Its stable name, which is in brackets at the end of every message. */
  readonly name: string;
  readonly code: number;
}

/** A message of another program that points at the network of a Kata pod. */
export interface MessageRow extends Explanation {
  /** Stable: its section of `docs/troubleshooting.md`. */
  readonly name: string;
  /** Which program prints it. */
  readonly from: string;
  /** What it looks like; `...` stands for what differs. */
  readonly says: readonly string[];
  /** What it is recognized by, in a text without line breaks and escapes. */
  readonly pattern: RegExp;
}

const explanations = errorTexts satisfies Readonly<Record<DanErrorName | ProtocolErrorName, Explanation>>;

/** Every error that dan gives, in the order of their codes, CNI's own first. */
export const errorRows: readonly ErrorRow[] = Object.entries({ ...protocolErrors, ...danErrors })
  .map(([name, code]) => ({ name, code, ...explanations[name as keyof typeof explanations] }))
  .sort((a, b) => a.code - b.code);

/** How each message is recognized. A pattern must not match what merely frames a message. */
const patterns: Readonly<Record<keyof typeof messageTexts, RegExp>> = {
  'vhost-net-missing':
    /could not setup vhost fds|\/dev\/vhost-net.{0,80}no such (?:file|device)|vhost-net requested but could not be/i,
  'vhost-vsock-missing': /\/dev\/vhost-vsock.{0,80}no such (?:file|device)|doesn't support vsock/i,
  'tap-mode':
    /(?:TUNSETIFF|\/dev\/net\/tun|tap device failed|TUN\/TAP|TapOpen|CreateTap|IfreqExecute).{0,200}(?:invalid ?argument|EINVAL|os error 22|code: 22)|unable to create multiple fds for tap/i,
  'tap-busy':
    /(?:TUNSETIFF|\/dev\/net\/tun|tap device failed|TUN\/TAP|TapOpen|CreateTap).{0,200}(?:resource busy|EBUSY|os error 16|code: 16)/i,
  'tap-gone':
    /create a \S+ tap endpoint|tap endpoint.{0,200}(?:not found|no such device|os error 19)|"?\bdan[0-9a-f]{11}\b"?.{0,60}(?:does not exist|not found|no such device)/i,
  'vhost-user-socket':
    /create a vhost user endpoint|vhost.?user.{0,200}(?:address already in use|os error 98|EADDRINUSE)|(?:address already in use|EADDRINUSE).{0,200}vhost.?user/i,
  'unknown-device-type': /unknown variant [`'"]?(?:vfio|tcfilter|macvtap|host-tap|vhost-user|tap|bridge)\b/i,
  'invalid-dan-file': /invalid dan config|failed to parse dan config/i,
  'dan-file-not-read': /read dan config from file/i,
  'netns-of-file': /new netns guard/i,
  'netns-and-model': /disable_new_netns.{0,80}(?:only works|conflict)/i,
  'guest-interface-missing':
    /link not found \((?:address|name|index)|update.?interface.{0,200}(?:no such device|os error 19|ENODEV)|interface not available/i,
  'guest-refuses-address': /update.?interface.{0,300}(?:invalid argument|os error 22|EINVAL)/i,
  'guest-refuses-route':
    /(?:update|add).?routes?\b.{0,300}(?:invalid argument|os error 22|EINVAL|unreachable|os error 101)/i,
  'guest-refuses-neighbor': /\barp neighbou?rs?\b/i,
  'no-address-in-result':
    /failed to find network info for sandbox|no valid ip addresses|\bno ip address(?:es)? (?:found|in|for)\b/i,
  'ipam-plugin-error': /ipam-plugin-error|no ip addresses available in range set/i,
  'cni-version-of-plugin': /incompatible cni versions/i,
  'cni-version-of-client':
    /unsupported cni result version|failed to convert cached result version|unknown (?:or unsupported )?cni(?:version| result version)/i,
  'del-fails': /failed to destroy network for sandbox|failed \(delete\)/i,
  'cni-not-initialized':
    /cni (?:plugin|config) (?:not |un)initialized|no network config found in|NetworkPluginNotReady|cni config load failed/i,
  'text-file-busy': /text file busy/i,
  'plugin-not-found': /failed to find plugin "?[\w.-]+"? in path/i,
  'plugin-not-executable':
    /exec format error|fork\/exec \S+: permission denied|netplugin failed(?: with no error message|:)/i,
  'network-without-name': /missing network name|configuration(?: list)?: no name|error validating network name/i,
  'sandbox-timeout':
    /(?:sandbox|container|shim|task|vm)(?:request)?\b.{0,200}(?:context deadline exceeded|DeadlineExceeded|timed out)/i,
  'dan-failed': /plugin type=\W{0,3}dan\W{0,3} (?:name=\S+ )?failed \(add\)/i,
  'network-of-sandbox': /failed to set ?up network for sandbox|failed to create pod network sandbox/i,
  'pod-sandbox':
    /FailedCreatePodSandBox|failed to create (?:pod sandbox|sandbox for pod)|FailedKillPod|KillPodSandboxError/i,
};

/** Every message that is known, the more telling before those that frame others. */
export const messageRows: readonly MessageRow[] = Object.entries(messageTexts).map(([name, text]) => ({
  name,
  ...text,
  pattern: patterns[name as keyof typeof messageTexts],
}));
