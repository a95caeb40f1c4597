import { hex, readUint32 } from '#bytes';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  decode,
  eachAttribute,
  encode,
  endingOf,
  find,
  nested,
  text,
  textIn,
  u32,
} from '../../../src/host/netlink/message.ts';

const message = (digits: string) => decode(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

describe('messages', () => {
  it('are encoded with length, type, flags and number', () => {
    const body = Buffer.from([1, 2, 3, 4]);
    expect(hex(encode({ type: 16, flags: 4, body }, 7))).toBe('14000000100005000700000000000000' + '01020304');
  });

  it('are decoded one after the other, each at a multiple of four bytes', () => {
    const [first, second, ...others] = message(
      '11000000 1000 0200 01000000 00000000 aa 000000' + '14000000 0300 1200 02000000 00000000 00000000',
    );
    expect(first).toMatchObject({ type: 16, flags: 2, sequence: 1 });
    expect(hex(first!.body)).toBe('aa');
    expect(second).toMatchObject({ type: 3, flags: 0x12, sequence: 2 });
    expect(others).toEqual([]);
  });

  it.each(['', '1400', '05000000 1000 0200 01000000 00000000', '20000000 1000 0200 01000000 00000000'])(
    'that are cut short or say so are left out: %s',
    (hex) => {
      expect(message(hex)).toEqual([]);
    },
  );
});

describe('attributes', () => {
  const typesIn = (message: Uint8Array, start = 0): readonly number[] => {
    const types: number[] = [];
    eachAttribute(message, start, (type) => types.push(type));
    return types;
  };
  const encoded = Buffer.concat([text(3, 'dan0'), u32(4, 1500), nested(18, bytes(1, Buffer.from('tun')), u32(2, 9))]);

  it('are decoded in order, from a place on', () => {
    expect(typesIn(Buffer.concat([Buffer.alloc(16), encoded]), 16)).toEqual([3, 4, 18]);
  });

  it('are found, also inside of others', () => {
    expect(readUint32(find(encoded, 4)!, 0)).toBe(1500);
    const [kind, name] = [find(find(encoded, 18)!, 1)!, find(encoded, 3)!];
    expect([kind, name].map(textIn)).toEqual(['tun', 'dan0']);
    expect(find(encoded, 5)).toBeUndefined();
  });

  it('have a type without the bits that tell their encoding', () => {
    expect(typesIn(nested(0x8034, text(0x4035, 'x')))).toEqual([0x34]);
  });

  it('end where one is longer than the message', () => {
    expect(typesIn(Buffer.from('0800040000000000' + 'ff00050001', 'hex'))).toEqual([4]);
  });
});

describe('the end of an answer', () => {
  const ending = (hex: string) => endingOf(message(hex)[0]!);

  it('is success, or an error number', () => {
    expect(ending('24000000 0200 0001 01000000 00000000 00000000 2000000010000500 0100000000000000')).toEqual({
      errno: 0,
      said: undefined,
    });
    expect(ending('24000000 0200 0001 01000000 00000000 edffffff 2000000010000500 0100000000000000')).toEqual({
      errno: 19,
      said: undefined,
    });
  });

  const said = hex(text(1, 'Device does not exist'));

  it("has the kernel's words behind the header of the request", () => {
    const hex = `40000000 0200 0003 01000000 00000000 edffffff 2000000010000500 0100000000000000 ${said}`;
    expect(ending(hex)).toEqual({ errno: 19, said: 'Device does not exist' });
  });

  it("has the kernel's words behind the whole request, where it comes back", () => {
    const hex = `44000000 0200 0002 01000000 00000000 edffffff 1400000010000500 0100000000000000 aabbccdd ${said}`;
    expect(ending(hex)).toEqual({ errno: 19, said: 'Device does not exist' });
  });

  it('is told at the end of several parts, too', () => {
    expect(ending('14000000 0300 0200 01000000 00000000 00000000')).toEqual({ errno: 0, said: undefined });
    expect(ending('14000000 0300 0200 01000000 00000000 eaffffff')).toEqual({ errno: 22, said: undefined });
  });

  it('is no message about a link', () => {
    expect(ending('14000000 1000 0200 01000000 00000000 00000000')).toBeUndefined();
  });
});
