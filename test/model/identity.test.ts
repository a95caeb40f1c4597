import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deriveNames, type Identity, identityOfAlias } from '../../src/model/identity.ts';
import { parseInterfaceName } from '../../src/model/interface-name.ts';
import { parseMac } from '../../src/model/mac.ts';

const identifier = (longest: number) => fc.stringMatching(new RegExp(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,${longest - 1}}$`));

const identity: fc.Arbitrary<Identity> = fc.record({
  network: fc.oneof(identifier(20), identifier(300)),
  sandbox: fc.oneof(identifier(64), identifier(200)),
  ifname: fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,14}$/),
});

describe('deriveNames', () => {
  it('derives the same names as older versions: a DEL must find what an older ADD made', () => {
    expect(deriveNames({ network: 'kata-net', sandbox: 'sandbox-1', ifname: 'eth0' })).toEqual({
      link: 'dan1b3029b14dd',
      altname: 'dan-1b3029b14dd36746df92b29032d26ee7b96ed13f',
      alias: 'dan:kata-net:sandbox-1:eth0',
      linkMac: 'fe:7e:84:d3:93:a9',
      vethMacs: { host: 'fe:d3:93:a9:07:e2', far: 'fe:8b:6e:83:7d:9c' },
      cookie: '1b3029b14dd36746df92b29032d26ee7',
      guestMac: '02:07:e2:8b:6e:83',
    });
  });

  it('the alias names the attachment of a link', () => {
    fc.assert(
      fc.property(identity, (attachment) => {
        const { alias } = deriveNames(attachment);
        const { network } = identityOfAlias(alias) ?? {};
        expect(identityOfAlias(alias)).toEqual({ ...attachment, network });
        // If a network's name would make the alias too long for the kernel, its hash is used.
        expect(network === attachment.network || /^[0-9a-f]{32}$/.test(network ?? '')).toBe(true);
      }),
    );
    for (const foreign of ['', 'dan', 'dan:a:b', 'dan:a:b:c:d', 'xdan:a:b:c', 'vm:a:b:c', 'dan::b:c']) {
      expect(identityOfAlias(foreign)).toBeUndefined();
    }
  });

  it("derives names within the kernel's limits, and the same on every call", () => {
    fc.assert(
      fc.property(identity, (attachment) => {
        const names = deriveNames(attachment);
        expect(parseInterfaceName(names.link)).toEqual({ ok: true, value: names.link });
        expect(names.link).toMatch(/^dan[0-9a-f]{11}$/);
        expect(names.altname).toMatch(/^dan-[0-9a-f]{40}$/);
        expect(new TextEncoder().encode(names.alias).length).toBeLessThanOrEqual(255);
        const { linkMac, vethMacs, guestMac, cookie } = names;
        const hostSide = [linkMac, vethMacs.host, vethMacs.far];
        for (const mac of [...hostSide, guestMac]) expect(parseMac(mac)).toEqual({ ok: true, value: mac });
        for (const mac of hostSide) expect(mac.slice(0, 3)).toBe('fe:');
        expect(new Set(hostSide).size).toBe(3);
        expect(cookie).toMatch(/^[0-9a-f]{32}$/);
        for (const end of ['h', 'p']) expect(parseInterfaceName(`${names.link}${end}`).ok).toBe(true);
        expect(Number.parseInt(names.guestMac, 16) & 2).toBe(2);
        expect(deriveNames({ ...attachment })).toEqual(names);
      }),
    );
  });

  it('derives different names for different attachments', () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        fc.pre(JSON.stringify(one) !== JSON.stringify(other));
        const [left, right] = [one, other]
          .map(deriveNames)
          .map(({ vethMacs, ...names }) => ({ ...names, ...vethMacs }));
        const shared = Object.entries(left!).filter(([key, value]) => right?.[key as keyof typeof right] === value);
        expect(shared).toEqual([]);
      }),
    );
  });

  it('derives different names where the concatenated parts are equal', () => {
    const parts = [
      { network: 'a', sandbox: 'bc', ifname: 'd' },
      { network: 'ab', sandbox: 'c', ifname: 'd' },
      { network: 'a', sandbox: 'b', ifname: 'cd' },
    ];
    expect(new Set(parts.map((part) => deriveNames(part).link)).size).toBe(3);
  });

  it('the alias has the network up to 255 bytes, and a hash of it beyond', () => {
    const [sandbox, ifname] = ['s'.repeat(200), 'i'.repeat(15)];
    const longest = 'n'.repeat(255 - `dan::${sandbox}:${ifname}`.length);
    expect(deriveNames({ network: longest, sandbox, ifname }).alias).toBe(`dan:${longest}:${sandbox}:${ifname}`);
    const hashed = deriveNames({ network: `${longest}n`, sandbox, ifname }).alias;
    expect(hashed).toMatch(new RegExp(`^dan:[0-9a-f]{32}:${sandbox}:${ifname}$`));
  });
});
