// The process itself, time and random numbers.
#include <signal.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <limits.h>
#include "arguments.h"
#include "calls.h"
#include "host.h"

extern char **environ;

static JSValue text_array(JSContext *js, char **texts) {
  JSValue array = JS_NewArray(js);
  for (uint32_t i = 0; texts[i] != NULL; i++)
    if (JS_SetPropertyUint32(js, array, i, JS_NewString(js, texts[i])) < 0) {
      JS_FreeValue(js, array);
      return JS_EXCEPTION;
    }
  return array;
}

CALL(environ) { return text_array(js, environ); }

CALL(argv) { return text_array(js, host_words); }

CALL(getcwd) {
  char directory[PATH_MAX];
  ANSWER_TEXT(getcwd(directory, sizeof directory));
}

CALL(geteuid) { return JS_NewInt64(js, geteuid()); }

CALL(getpid) { return JS_NewInt32(js, getpid()); }

CALL(_exit) {
  INT(0, code)
  _exit(code);
}

// CLOCK_MONOTONIC in milliseconds.
CALL(clock_gettime) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return JS_NewFloat64(js, (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6);
}

CALL(getrandom) {
  BYTES(0, into)
  ANSWER(getrandom(into, into_length, 0));
}

static void keep(JSContext *js, JSValue *place, JSValueConst function) {
  JS_FreeValue(js, *place);
  *place = JS_DupValue(js, function);
}

CALL(onStart) {
  if (!JS_IsFunction(js, given[0]) || !JS_IsFunction(js, given[1])) return JS_ThrowTypeError(js, "not two functions");
  keep(js, &HOST->main, given[0]);
  keep(js, &HOST->turn, given[1]);
  return JS_UNDEFINED;
}

CALL(onRejection) {
  if (!JS_IsFunction(js, given[0])) return JS_ThrowTypeError(js, "not a function");
  keep(js, &HOST->rejected, given[0]);
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry table[] = {
    ENTRY(environ, 0), ENTRY(argv, 0),          ENTRY(getcwd, 0),    ENTRY(geteuid, 0), ENTRY(getpid, 0),
    ENTRY(_exit, 1),   ENTRY(clock_gettime, 0), ENTRY(getrandom, 1), ENTRY(onStart, 2), ENTRY(onRejection, 1),
};
CALLS(process_calls, table);
