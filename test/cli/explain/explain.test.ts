import { describe, expect, it } from 'vitest';
import { runLine } from '../../../src/cli/run.ts';
import { inputLimit } from '../../../src/protocol/input.ts';

async function explain(words: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const code = await runLine(['explain', ...words], {
    print: (text) => (printed.out += text),
    warn: (text) => (printed.err += text),
    readInput: () => new TextEncoder().encode(input),
    colours: false,
    directory: '/',
    executable: undefined,
  });
  return { code, ...printed };
}

describe('dan explain', () => {
  it('tells meaning, cause and cure of an error', async () => {
    const { code, out, err } = await explain(['bridge-missing']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^bridge-missing \(101\), an error of dan\nmeaning: .*\ncause: {3}[^:]*\ncure: {4}make it/);
  });

  it('names pages of the documentation instead of links', async () => {
    const { out } = await explain(['invalid-configuration']);
    expect(out.replace(/\s+/g, ' ')).toContain('configuration (docs/configuration.md)');
  });

  it('takes words that nobody quoted', async () => {
    const { code, out } = await explain(['open', '/dev/vhost-net:', 'no', 'such', 'file', 'or', 'directory']);
    expect(code).toBe(0);
    expect(out).toContain('modprobe -a kvm vhost vhost_net vhost_vsock');
    expect(out).toContain('does not help');
  });

  it('reads a whole event from standard input', async () => {
    const event =
      'Warning  FailedCreatePodSandBox\n\u001b[1mkubelet\u001b[0m  plugin type=\\"dan\\" failed (add): no [tap-not-ours]\n';
    const { code, out } = await explain(['-', '--json'], event);
    const { known } = JSON.parse(out) as { known: { name: string; code?: number; cure: string }[] };
    expect(code).toBe(0);
    expect(known.map(({ name }) => name)).toEqual(['tap-not-ours', 'dan-failed', 'pod-sandbox']);
    expect(known[0]).toMatchObject({ code: 105, from: 'dan', cure: expect.any(String) as string });
  });

  it('ends with 1 and says where to look for what it does not know', async () => {
    const { code, out, err } = await explain(['it hurts']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('"dan doctor"');
    expect(JSON.parse((await explain(['it hurts', '--json'])).out)).toEqual({ known: [] });
  });

  it('says how to choose among the errors with one code', async () => {
    expect((await explain(['7'])).out).toMatch(/^\d+ errors have the code 7\. The name in brackets .* says which one/);
    expect((await explain(['105'])).out).toMatch(/^tap-not-ours \(105\)/);
  });

  it('asks whether another name was meant, and says that a code is none of dan’s', async () => {
    expect((await explain(['bridge-mising'])).err).toContain('Did you mean "bridge-missing"?');
    expect((await explain(['57'])).err).toContain('dan has no error with the code 57');
  });

  it.each([
    ['without a text', [], ''],
    ['with an empty one', [' '], ''],
    ['with nothing on standard input', ['-'], '\n'],
    ['with more than it reads', ['-'], 'x'.repeat(inputLimit + 1)],
  ])('is called wrongly %s', async (_what, words, input) => {
    expect((await explain(words, input)).code).toBe(2);
  });
});
