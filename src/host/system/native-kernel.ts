// What src/host/netlink asks of the kernel beside what `#system` has. Each call has the name of its manual page, and returns
// the error number, negative, where it fails. `native` is named inside of functions alone: Node, on which the unit tests of
// netlink's messages run, has none.

/** Opens a socket of the thread's namespace. */
export function socket(family: number, kind: number, protocol: number): number {
  return native.socket(family, kind, protocol);
}

export function setsockopt(file: number, level: number, option: number, value: Uint8Array): number {
  return native.setsockopt(file, level, option, value);
}

export function send(file: number, message: Uint8Array): number {
  return native.send(file, message, 0);
}

export function recv(file: number, into: Uint8Array, flags: number): number {
  return native.recv(file, into, flags);
}

export function ioctl(file: number, request: number, argument: number | Uint8Array): number {
  return native.ioctl(file, request, argument);
}

/** Puts the thread into the namespace of an open file. */
export function setns(namespace: number, kind: number): number {
  return native.setns(namespace, kind);
}

/** A file system as an open directory that is mounted nowhere. */
export function fsmount(type: string): number {
  return native.fsmount(type);
}

/** Opens a file under an open directory, for reading. */
export function openat(directory: number, path: string): number {
  return native.openat(directory, path, 0, 0);
}

export function mount(source: string, target: string, type: string, flags: number, data: string): number {
  return native.mount(source, target, type, flags, data);
}

/** Makes a device node; its mode, with S_IF…, is before the umask. */
export function mknod(path: string, mode: number, major: number, minor: number): number {
  return native.mknod(path, mode, major, minor);
}
