import { documentedErrors } from './error-codes.ts';

/** How one call ended. */
export interface Ended {
  readonly exitCode: number | undefined;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that print nothing on success. */
const silent = ['DEL', 'CHECK', 'STATUS', 'GC'];

/**
 * How the end of a call breaks the rules of CNI or of dan, as sentences: stdout must be empty or one JSON document, the
 * code must be documented, the error must not be a bug, and log lines must be JSON.
 */
export function outcomeFaults(command: string, { exitCode, timedOut, stdout, stderr }: Ended): readonly string[] {
  if (timedOut) return ['it did not end'];
  return [
    ...(exitCode === 0 ? successFaults(command, stdout) : []),
    ...(exitCode === 1 ? failureFaults(stdout) : []),
    ...(exitCode === 0 || exitCode === 1 ? [] : [`exit code ${exitCode}`]),
    ...stderr
      .split('\n')
      .filter((line) => line !== '' && parse(line) === undefined)
      .map((line) => `no JSON on stderr: ${line}`),
  ];
}

function successFaults(command: string, stdout: string): readonly string[] {
  if (silent.includes(command)) return stdout === '' ? [] : [`a success that prints: ${stdout}`];
  return parse(stdout) === undefined ? [`no JSON on stdout: ${stdout}`] : [];
}

function failureFaults(stdout: string): readonly string[] {
  const document = parse(stdout);
  if (document === undefined) return [`no JSON on stdout: ${stdout}`];
  const { cniVersion, code, msg } = document;
  if (typeof cniVersion !== 'string' || typeof msg !== 'string') return [`no error of CNI: ${stdout}`];
  const [, name = ''] = /\[([a-z0-9-]+)\]$/.exec(msg) ?? [];
  // An error of the IPAM plugin is passed on with its own code.
  if (name === 'ipam-plugin-error') return typeof code === 'number' ? [] : [`no code: ${stdout}`];
  if (name === 'internal-error') return [`a bug: ${stdout}`];
  return documentedErrors.get(name) === code ? [] : [`docs/errors.md has no such error: ${stdout}`];
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
