// How a C function gets its arguments. Each macro checks one, and returns from the function with a TypeError if it is
// wrong. No check runs JavaScript, so bytes that were taken stay where they are until the function returns.
#pragma once
#include <errno.h>
#include <math.h>
#include <string.h>
#include "engine.h"

// A function that JavaScript calls as native.NAME.
#define CALL(name) \
  static JSValue call_##name(JSContext *js, [[maybe_unused]] JSValueConst self, [[maybe_unused]] int count, \
                             [[maybe_unused]] JSValueConst *given)

// Its entry in a table of functions. The engine passes undefined for missing arguments.
#define ENTRY(name, arguments) JS_CFUNC_DEF(#name, arguments, call_##name)

// Whether a value is a whole number within a range. Throws a TypeError or a RangeError if not.
static inline bool whole_number(JSContext *js, JSValueConst value, int64_t least, int64_t most, int64_t *number) {
  if (JS_VALUE_GET_TAG(value) == JS_TAG_INT) {
    *number = JS_VALUE_GET_INT(value);
  } else {
    double given = NAN;
    if (JS_IsNumber(value)) JS_ToFloat64(js, &given, value);
    if (!(given >= -0x1p53 && given <= 0x1p53) || floor(given) != given) {
      JS_ThrowTypeError(js, "not a whole number");
      return false;
    }
    *number = (int64_t)given;
  }
  if (*number >= least && *number <= most) return true;
  JS_ThrowRangeError(js, "a number beyond its range");
  return false;
}

#define INTEGER(index, name, least, most) \
  int64_t name##_given; \
  if (!whole_number(js, given[index], least, most, &name##_given)) return JS_EXCEPTION;

#define INT(index, name) \
  INTEGER(index, name, INT32_MIN, INT32_MAX) \
  int name = (int)name##_given;

#define UINT(index, name) \
  INTEGER(index, name, 0, UINT32_MAX) \
  uint32_t name = (uint32_t)name##_given;

struct text {
  JSContext *js;
  const char *chars;
};

static inline void free_text(struct text *text) {
  if (text->chars != NULL) JS_FreeCString(text->js, text->chars);
}

// A string as UTF-8 that ends with NUL. Sets an exception if the value is not a string, or has a NUL.
static inline struct text text_of(JSContext *js, JSValueConst value) {
  struct text text = {js, NULL};
  size_t length;
  if (!JS_IsString(value)) {
    JS_ThrowTypeError(js, "not a string");
    return text;
  }
  text.chars = JS_ToCStringLen(js, &length, value);
  if (text.chars != NULL && strlen(text.chars) != length) {
    JS_FreeCString(js, text.chars);
    text.chars = NULL;
    JS_ThrowTypeError(js, "the string has a NUL in it");
  }
  return text;
}

// The text is freed when the function returns.
#define TEXT(index, name) \
  __attribute__((cleanup(free_text))) struct text name##_text = text_of(js, given[index]); \
  if (name##_text.chars == NULL) return JS_EXCEPTION; \
  const char *name = name##_text.chars;

#define BYTES(index, name) \
  size_t name##_length; \
  uint8_t *name = engine_bytes(js, given[index], &name##_length); \
  if (name == NULL) return JS_EXCEPTION;

// Reads an array of whole numbers whose length is within the limits. Returns the length, or -1 with an exception.
static inline int numbers_of(JSContext *js, JSValueConst array, int64_t least, int64_t largest, int *numbers) {
  int64_t length;
  if (!JS_IsArray(array)) return JS_ThrowTypeError(js, "not an array"), -1;
  if (JS_GetLength(js, array, &length) < 0) return -1;
  if (length < least || length > largest) return JS_ThrowTypeError(js, "the array is too short or too long"), -1;
  for (int64_t i = 0; i < length; i++) {
    JSValue one = JS_GetPropertyInt64(js, array, i);
    bool is_number = JS_VALUE_GET_TAG(one) == JS_TAG_INT;
    if (is_number) numbers[i] = JS_VALUE_GET_INT(one);
    JS_FreeValue(js, one);
    if (!is_number) return JS_ThrowTypeError(js, "the array does not have whole numbers alone"), -1;
  }
  return (int)length;
}

// Returns the result of a system call, or the negative error number. Repeats a call that a signal interrupted.
#define ANSWER(call) \
  do { \
    int64_t answer_; \
    do answer_ = (call); \
    while (answer_ == -1 && errno == EINTR); \
    return JS_NewInt64(js, answer_ == -1 ? -errno : answer_); \
  } while (0)

// Returns a text, or the negative error number.
#define ANSWER_TEXT(chars) \
  do { \
    const char *text_ = (chars); \
    return text_ == NULL ? JS_NewInt32(js, -errno) : JS_NewString(js, text_); \
  } while (0)
