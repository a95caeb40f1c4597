import { createHash } from 'node:crypto';

/** Somebody who is not root. */
export const another = 65534;

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The path of the record of an attachment, as docs/architecture.md derives its name. */
export function recordOf(network: string, sandbox: string, ifname = 'eth0'): string {
  return `/run/dan/attachments/dan${hash(`${network}\0${sandbox}\0${ifname}`).slice(0, 11)}.json`;
}

/** The path of a sandbox's lock. */
export function lockOf(sandbox: string): string {
  return `/run/dan/locks/sandbox-${hash(sandbox).slice(0, 3)}`;
}

/** What may be where a file of dan's belongs, by what makes it there. */
export const noFiles: Readonly<Record<string, (path: string) => string>> = {
  'a FIFO': (path) => `mkfifo ${path}`,
  "another's FIFO": (path) => `mkfifo -m 666 ${path}; chown ${another} ${path}`,
  'a directory': (path) => `mkdir ${path}`,
  'an endless device': (path) => `mknod ${path} c 1 5`,
  'a block device': (path) => `mknod ${path} b 7 250`,
  'a socket': (path) => `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("${path}")'`,
  'a link to a file of root': (path) => `ln -s /run/victim/file ${path}`,
  "another's link": (path) => `ln -s /run/victim/file ${path}; chown -h ${another} ${path}`,
  'a link to nothing': (path) => `ln -s /run/victim/nothing ${path}`,
  'a link to itself': (path) => `ln -s ${path} ${path}`,
  "another's file": (path) => `echo '{}' >${path}; chown ${another} ${path}`,
};

/** How a directory may be unsafe, by what makes it so; it is there before. */
export const unsafe: Readonly<Record<string, (path: string) => string>> = {
  "another's": (path) => `chown ${another} ${path}`,
  'writable for all': (path) => `chmod 777 ${path}`,
  'writable for all, and sticky': (path) => `chmod 1777 ${path}`,
  'a link of root': (path) => `mv ${path} ${path}.real; ln -s ${path}.real ${path}`,
  'a link of another': (path) => `mv ${path} ${path}.real; ln -s ${path}.real ${path}; chown -h ${another} ${path}`,
  'a file': (path) => `mv ${path} ${path}.real; touch ${path}`,
  'a FIFO': (path) => `mv ${path} ${path}.real; mkfifo ${path}`,
  "below another's": (path) => `chown ${another} $(dirname ${path})`,
  'below one that all may write to': (path) => `chmod 777 $(dirname ${path})`,
};

/** Puts a directory right again that one of {@link unsafe} has spoilt. */
export function mended(path: string): string {
  return `
    [ ! -e ${path}.real ] || { rm ${path}; mv ${path}.real ${path}; }
    chown root ${path} $(dirname ${path}); chmod 755 $(dirname ${path}); chmod 750 ${path}`;
}
