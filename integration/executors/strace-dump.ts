/** The messages that a traced program sent to a netlink socket and received from it, in hexadecimal digits. */
export interface Messages {
  readonly sent: readonly string[];
  readonly heard: readonly string[];
}

/** Parses strace's dumps of what is sent and received (`-e write=all -e read=all`). */
export function messagesOf(trace: string): Messages {
  const sent: string[] = [];
  const heard: string[] = [];
  // The lines of its dump follow each call.
  for (const call of trace.split(/^(?=\w+\()/m)) {
    const bytes = [...call.matchAll(/^ \| [0-9a-f]+ {2}(.{50})/gm)].map(([, text = '']) => text).join('');
    const parts = split(bytes.replaceAll(' ', ''));
    if (call.startsWith('send')) sent.push(...parts);
    else heard.push(...parts);
  }
  return { sent, heard };
}

// A dump has several messages, each with its length first; anything shorter than a header is padding.
function split(hex: string): string[] {
  const bytes = Buffer.from(hex, 'hex');
  const messages: string[] = [];
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at);
    if (length < 16) break;
    messages.push(bytes.subarray(at, at + length).toString('hex'));
    at += (length + 3) & ~3;
  }
  return messages;
}
