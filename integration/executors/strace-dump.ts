/** What a traced program sent to a netlink socket and heard from it, each message in hexadecimal digits. */
export interface Messages {
  readonly sent: readonly string[];
  readonly heard: readonly string[];
}

/** Reads the dumps that strace makes of what is sent and received (`-e write=all -e read=all`). */
export function messagesOf(trace: string): Messages {
  const sent: string[] = [];
  const heard: string[] = [];
  // Each call is followed by the lines of its dump.
  for (const call of trace.split(/^(?=\w+\()/m)) {
    const bytes = [...call.matchAll(/^ \| [0-9a-f]+ {2}(.{50})/gm)].map(([, text = '']) => text).join('');
    const parts = split(bytes.replaceAll(' ', ''));
    if (call.startsWith('send')) sent.push(...parts);
    else heard.push(...parts);
  }
  return { sent, heard };
}

// A dump holds several messages, each with its length before it; what is shorter than a header is padding.
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
