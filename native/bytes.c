// Functions on texts, hashes and integers that are slow in bytecode. They are in native.bytes.
#include <ctype.h>
#include "arguments.h"
#include "calls.h"

// The engine encodes a lone surrogate, which UTF-8 cannot represent, as three bytes. U+FFFD has three bytes, too.
static void replace_surrogates(uint8_t *bytes, size_t length) {
  for (size_t at = 0; at + 2 < length; at++)
    if (bytes[at] == 0xed && bytes[at + 1] >= 0xa0) memcpy(bytes + at, "\xef\xbf\xbd", 3);
}

// A string as UTF-8, in memory that the caller frees. NULL with an exception for any other value.
static uint8_t *new_utf8(JSContext *js, JSValueConst value, size_t *length) {
  if (!JS_IsString(value)) {
    JS_ThrowTypeError(js, "not a string");
    return NULL;
  }
  const char *chars = JS_ToCStringLen(js, length, value);
  if (chars == NULL) return NULL;
  uint8_t *bytes = js_malloc(js, *length + 1);
  if (bytes != NULL) {
    memcpy(bytes, chars, *length);
    replace_surrogates(bytes, *length);
  }
  JS_FreeCString(js, chars);
  return bytes;
}

CALL(utf8) {
  size_t length;
  uint8_t *bytes = new_utf8(js, given[0], &length);
  if (bytes == NULL) return JS_EXCEPTION;
  JSValue value = JS_NewUint8ArrayCopy(js, bytes, length);
  js_free(js, bytes);
  return value;
}

// The length of the UTF-8 sequence at a place, by table 3-7 of the Unicode standard; 0 if none begins there. `left` is
// at least 1.
static size_t sequence(const uint8_t *at, size_t left) {
  uint8_t first = at[0], least = 0x80, most = 0xbf;
  if (first < 0x80) return 1;
  size_t length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length == 0 || length > left) return 0;
  if (first == 0xe0) least = 0xa0;
  if (first == 0xed) most = 0x9f;
  if (first == 0xf0) least = 0x90;
  if (first == 0xf4) most = 0x8f;
  if (at[1] < least || at[1] > most) return 0;
  for (size_t i = 2; i < length; i++)
    if (at[i] < 0x80 || at[i] > 0xbf) return 0;
  return length;
}

static bool is_utf8(const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    size_t step = sequence(bytes + at, length - at);
    if (step == 0) return false;
    at += step;
  }
  return true;
}

CALL(strictText) {
  BYTES(0, bytes)
  return is_utf8(bytes, bytes_length) ? JS_NewStringLen(js, (const char *)bytes, bytes_length) : JS_UNDEFINED;
}

// The number of bytes that one U+FFFD replaces: the longest valid beginning of a sequence, as in the Encoding
// standard's decoder.
static size_t malformed(const uint8_t *at, size_t left) {
  uint8_t first = at[0], least = 0x80, most = 0xbf;
  size_t length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 1;
  if (first == 0xe0) least = 0xa0;
  if (first == 0xed) most = 0x9f;
  if (first == 0xf0) least = 0x90;
  if (first == 0xf4) most = 0x8f;
  size_t valid = 1;
  while (valid < length && valid < left && at[valid] >= least && at[valid] <= most) {
    valid++;
    least = 0x80;
    most = 0xbf;
  }
  return valid;
}

CALL(text) {
  BYTES(0, bytes)
  if (is_utf8(bytes, bytes_length)) return JS_NewStringLen(js, (const char *)bytes, bytes_length);
  char *mended = js_malloc(js, bytes_length * 3);
  if (mended == NULL) return JS_EXCEPTION;
  size_t length = 0;
  for (size_t at = 0; at < bytes_length;) {
    size_t step = sequence(bytes + at, bytes_length - at);
    if (step != 0) {
      memcpy(mended + length, bytes + at, step);
      length += step;
    } else {
      step = malformed(bytes + at, bytes_length - at);
      memcpy(mended + length, "\xef\xbf\xbd", 3);
      length += 3;
    }
    at += step;
  }
  JSValue text = JS_NewStringLen(js, mended, length);
  js_free(js, mended);
  return text;
}

CALL(latin1) {
  BYTES(0, bytes)
  uint16_t *units = js_malloc(js, bytes_length * sizeof *units + 1);
  if (units == NULL) return JS_EXCEPTION;
  for (size_t i = 0; i < bytes_length; i++) units[i] = bytes[i];
  JSValue text = JS_NewStringUTF16(js, units, bytes_length);
  js_free(js, units);
  return text;
}

static const char hex_digits[] = "0123456789abcdef";

static JSValue hex_text(JSContext *js, const uint8_t *bytes, size_t length) {
  char *text = js_malloc(js, 2 * length + 1);
  if (text == NULL) return JS_EXCEPTION;
  for (size_t i = 0; i < length; i++) {
    text[2 * i] = hex_digits[bytes[i] >> 4];
    text[2 * i + 1] = hex_digits[bytes[i] & 15];
  }
  JSValue value = JS_NewStringLen(js, text, 2 * length);
  js_free(js, text);
  return value;
}

CALL(hex) {
  BYTES(0, bytes)
  return hex_text(js, bytes, bytes_length);
}

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

CALL(base64) {
  BYTES(0, bytes)
  char *text = js_malloc(js, (bytes_length + 2) / 3 * 4 + 1), *end = text;
  if (text == NULL) return JS_EXCEPTION;
  for (size_t at = 0; at < bytes_length; at += 3) {
    size_t left = bytes_length - at;
    uint32_t group = (uint32_t)bytes[at] << 16 | (left > 1 ? bytes[at + 1] << 8 : 0) | (left > 2 ? bytes[at + 2] : 0);
    *end++ = base64_digits[group >> 18];
    *end++ = base64_digits[group >> 12 & 63];
    *end++ = left > 1 ? base64_digits[group >> 6 & 63] : '=';
    *end++ = left > 2 ? base64_digits[group & 63] : '=';
  }
  JSValue value = JS_NewStringLen(js, text, (size_t)(end - text));
  js_free(js, text);
  return value;
}

CALL(fromBase64) {
  if (!JS_IsString(given[0])) return JS_ThrowTypeError(js, "argument 0 is not a string");
  size_t length;
  const char *text = JS_ToCStringLen(js, &length, given[0]);
  if (text == NULL) return JS_EXCEPTION;
  uint8_t *bytes = js_malloc(js, length / 4 * 3 + 3);
  size_t count_of = 0;
  uint32_t group = 0;
  int bits = 0;
  for (size_t i = 0; bytes != NULL && i < length && text[i] != '='; i++) {
    // Node accepts the digits of the URL alphabet, too.
    char digit = text[i] == '-' ? '+' : text[i] == '_' ? '/' : text[i];
    const char *found = digit == 0 ? NULL : strchr(base64_digits, digit);
    if (found == NULL) continue;
    group = group << 6 | (uint32_t)(found - base64_digits);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[count_of++] = (uint8_t)(group >> bits);
  }
  JS_FreeCString(js, text);
  if (bytes == NULL) return JS_EXCEPTION;
  JSValue value = JS_NewUint8ArrayCopy(js, bytes, count_of);
  js_free(js, bytes);
  return value;
}

// SHA-256 (FIPS 180-4).
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotated(uint32_t word, int by) { return word >> by | word << (32 - by); }

static void hash_block(uint32_t state[8], const uint8_t *block) {
  uint32_t words[64], s[8];
  for (int i = 0; i < 16; i++)
    words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = words[i - 15], b = words[i - 2];
    words[i] = words[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + words[i - 7] + (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
  }
  memcpy(s, state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t first = s[7] + (rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) +
                     round_constants[i] + words[i];
    uint32_t second = (rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += first;
    s[0] = first + second;
  }
  for (int i = 0; i < 8; i++) state[i] += s[i];
}

static JSValue hash_text(JSContext *js, const uint8_t *bytes, size_t length) {
  uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  size_t left = length;
  for (; left >= 64; left -= 64, bytes += 64) hash_block(state, bytes);
  uint8_t last[128] = {0};
  memcpy(last, bytes, left);
  last[left] = 0x80;
  size_t end = left < 56 ? 64 : 128;
  for (int i = 0; i < 8; i++) last[end - 1 - (size_t)i] = (uint8_t)((uint64_t)length * 8 >> 8 * i);
  for (size_t at = 0; at < end; at += 64) hash_block(state, last + at);
  uint8_t hash[32];
  for (int i = 0; i < 32; i++) hash[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
  return hex_text(js, hash, sizeof hash);
}

CALL(sha256) {
  if (!JS_IsString(given[0])) {
    BYTES(0, bytes)
    return hash_text(js, bytes, bytes_length);
  }
  size_t length;
  uint8_t *text = new_utf8(js, given[0], &length);
  if (text == NULL) return JS_EXCEPTION;
  JSValue hash = hash_text(js, text, length);
  js_free(js, text);
  return hash;
}

CALL(concat) {
  int64_t parts;
  size_t total = 0;
  if (!JS_IsArray(given[0])) return JS_ThrowTypeError(js, "argument 0 is not an array");
  if (JS_GetLength(js, given[0], &parts) < 0) return JS_EXCEPTION;
  // Two passes: the first computes the length, the second copies. Reading a plain array runs no JavaScript in between.
  uint8_t *whole = NULL;
  for (int copying = 0; copying < 2; copying++) {
    size_t at = 0;
    for (int64_t i = 0; i < parts; i++) {
      JSValue part = JS_GetPropertyInt64(js, given[0], i);
      size_t length;
      const uint8_t *bytes = engine_bytes(js, part, &length);
      if (bytes != NULL && copying && at + length <= total) memcpy(whole + at, bytes, length);
      JS_FreeValue(js, part);
      if (bytes == NULL) {
        js_free(js, whole);
        return JS_EXCEPTION;
      }
      at += length;
    }
    if (copying) break;
    total = at;
    whole = js_mallocz(js, total + 1);
    if (whole == NULL) return JS_EXCEPTION;
  }
  JSValue value = JS_NewUint8ArrayCopy(js, whole, total);
  js_free(js, whole);
  return value;
}

// The place of an integer: `size` bytes at the offset in argument `index`, which must be within the bytes.
#define PLACE(index, size) \
  BYTES(0, bytes) \
  UINT(index, at) \
  if (bytes_length < (size) || at > bytes_length - (size)) return JS_ThrowRangeError(js, "offset %u is out of range", at);

static uint64_t little(const uint8_t *bytes, int size) {
  uint64_t value = 0;
  for (int i = size; i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

#define READ(name, size, result) \
  CALL(name) { \
    PLACE(1, size) \
    const uint8_t *from = bytes + at; \
    return result; \
  }

READ(readUint8, 1, JS_NewInt32(js, *from))
READ(readUint16, 2, JS_NewUint32(js, (uint32_t)little(from, 2)))
READ(readUint32, 4, JS_NewUint32(js, (uint32_t)little(from, 4)))
READ(readInt32, 4, JS_NewInt32(js, (int32_t)little(from, 4)))
READ(readUint16BE, 2, JS_NewInt32(js, from[0] << 8 | from[1]))
READ(readUint64, 8, JS_NewBigUint64(js, little(from, 8)))

// The places of records in bytes: for each, its type, and where its value begins and ends. With types, only records of
// these are returned.
CALL(records) {
  BYTES(0, bytes)
  UINT(1, start)
  uint32_t types[32];
  int type_count = count - 2;
  if (type_count > 32) return JS_ThrowRangeError(js, "%d types are too many", type_count);
  for (int i = 0; i < type_count; i++) {
    UINT(i + 2, type)
    types[i] = type;
  }
  JSValue *places = NULL;
  int found = 0, room = 0;
  for (size_t at = start, length; at + 4 <= bytes_length; at += (length + 3) & ~(size_t)3) {
    length = (size_t)little(bytes + at, 2);
    if (length < 4 || length > bytes_length - at) break;
    uint32_t type = (uint32_t)little(bytes + at + 2, 2) & 0x3fff;
    int wanted = 0;
    while (wanted < type_count && types[wanted] != type) wanted++;
    if (type_count > 0 && wanted == type_count) continue;
    if (found + 3 > room) {
      JSValue *more = js_realloc(js, places, sizeof *places * (size_t)(room = 2 * room + 48));
      if (more == NULL) {
        js_free(js, places);
        return JS_EXCEPTION;
      }
      places = more;
    }
    places[found++] = JS_NewInt32(js, (int32_t)type);
    places[found++] = JS_NewInt32(js, (int32_t)(at + 4));
    places[found++] = JS_NewInt32(js, (int32_t)(at + length));
  }
  JSValue array = found == 0 ? JS_NewArray(js) : JS_NewArrayFrom(js, found, places);
  js_free(js, places);
  return array;
}

// Makes a record: its length, its type, the values one after the other, and zeros up to a multiple of four bytes.
CALL(record) {
  UINT(0, type)
  size_t length = 4;
  for (int i = 1; i < count; i++) {
    BYTES(i, value)
    length += value_length;
  }
  if (length > UINT16_MAX || type > UINT16_MAX) return JS_ThrowRangeError(js, "the record is too long");
  uint8_t *whole = js_mallocz(js, length + 3);
  if (whole == NULL) return JS_EXCEPTION;
  memcpy(whole, (const uint8_t[]){(uint8_t)length, (uint8_t)(length >> 8), (uint8_t)type, (uint8_t)(type >> 8)}, 4);
  size_t at = 4;
  for (int i = 1; i < count; i++) {
    size_t value_length;
    const uint8_t *value = engine_bytes(js, given[i], &value_length);
    memcpy(whole + at, value, value_length);
    at += value_length;
  }
  JSValue record = JS_NewUint8ArrayCopy(js, whole, (length + 3) & ~(size_t)3);
  js_free(js, whole);
  return record;
}

// Two hexadecimal digits are a byte; other characters are a TypeError.
CALL(fromHex) {
  TEXT(0, digits)
  size_t length = strlen(digits) / 2;
  uint8_t *bytes = js_malloc(js, length + 1);
  if (bytes == NULL) return JS_EXCEPTION;
  for (size_t i = 0; i < 2 * length; i++) {
    const char *found = isxdigit((unsigned char)digits[i]) ? strchr(hex_digits, tolower(digits[i])) : NULL;
    if (found == NULL) {
      js_free(js, bytes);
      return JS_ThrowTypeError(js, "not hexadecimal digits");
    }
    bytes[i / 2] = (uint8_t)(i % 2 == 0 ? (found - hex_digits) << 4 : bytes[i / 2] | (found - hex_digits));
  }
  JSValue value = JS_NewUint8ArrayCopy(js, bytes, length);
  js_free(js, bytes);
  return value;
}

// Signed or unsigned 32-bit numbers, one after the other.
CALL(words) {
  uint8_t bytes[64];
  if (count > (int)sizeof bytes / 4) return JS_ThrowRangeError(js, "%d numbers are too many", count);
  for (int i = 0; i < count; i++) {
    INTEGER(i, word, INT32_MIN, UINT32_MAX)
    for (int at = 0; at < 4; at++) bytes[4 * i + at] = (uint8_t)((uint64_t)word_given >> 8 * at);
  }
  return JS_NewUint8ArrayCopy(js, bytes, 4 * (size_t)count);
}

static const JSCFunctionListEntry table[] = {
    ENTRY(utf8, 1),       ENTRY(text, 1),       ENTRY(strictText, 1), ENTRY(latin1, 1),       ENTRY(hex, 1),
    ENTRY(base64, 1),     ENTRY(fromBase64, 1), ENTRY(sha256, 1),     ENTRY(concat, 1),       ENTRY(readUint8, 2),
    ENTRY(readUint16, 2), ENTRY(readUint32, 2), ENTRY(readInt32, 2),  ENTRY(readUint16BE, 2), ENTRY(readUint64, 2),
    ENTRY(words, 0),      ENTRY(record, 1),     ENTRY(records, 2),    ENTRY(fromHex, 1),
};
CALLS(byte_calls, table);
