// Takes the snapshot: evaluates the modules of the plugin path and writes the arena to a file. Only the program that the build
// runs has this; the build erases the section .build in what becomes dan.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host.h"

#define BUILD __attribute__((section(".build"), noinline))

BUILD [[noreturn]] static void fail(const char *what) {
  JSContext *js = HOST->js;
  JSValue error = js == NULL ? JS_UNDEFINED : JS_GetException(js);
  const char *message = js == NULL ? NULL : JS_ToCString(js, error);
  JSValue stack = js == NULL ? JS_UNDEFINED : JS_GetPropertyStr(js, error, "stack");
  const char *trace = js == NULL ? NULL : JS_ToCString(js, stack);
  fprintf(stderr, "%s: %s\n%s\n", what, message == NULL ? "?" : message, trace == NULL ? "" : trace);
  exit(1);
}

// The bytecode of the modules that are evaluated now lies in a directory.
static const char *directory_;

BUILD static JSValue read_file(const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory_, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL) return JS_ThrowReferenceError(HOST->js, "%s is not there", path);
  fseek(file, 0, SEEK_END);
  long length = ftell(file);
  rewind(file);
  uint8_t *bytes = malloc((size_t)length + 1);
  if (fread(bytes, 1, (size_t)length, file) != (size_t)length) fail(path);
  fclose(file);
  JSValue module = JS_ReadObject(HOST->js, bytes, (size_t)length, JS_READ_OBJ_BYTECODE);
  free(bytes);
  return module;
}

BUILD static JSModuleDef *load_file(JSContext *js, const char *name, void *unused) {
  (void)unused;
  JSValue module = read_file(name);
  if (JS_IsException(module)) return NULL;
  JSModuleDef *loaded = JS_VALUE_GET_PTR(module);
  JS_FreeValue(js, module);
  return loaded;
}

// dan DIRECTORY MODULE SNAPSHOT
BUILD [[noreturn]] void take_snapshot(int count, char **words) {
  if (count != 4) exit(2);
  directory_ = words[1];
  heap_open();
  if (!make_ready(&heap_functions)) fail("the engine does not start");
  JS_SetModuleLoaderFunc(HOST->runtime, name_part, load_file, NULL);
  if (!evaluate(read_file(words[2]))) fail("the modules cannot be evaluated");
  if (HOST->rejection_count > 0) fail("a promise was rejected while the modules were evaluated");
  if (!JS_IsFunction(HOST->js, HOST->main)) fail("no module called native.onStart");
  JS_SetModuleLoaderFunc(HOST->runtime, name_part, load_part, NULL);
  JS_RunGC(HOST->runtime);
  engine_forget_stack(HOST->runtime);
  size_t length = heap_close();
  int file = open(words[3], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file == -1 || write(file, arena, length) != (ssize_t)length) {
    perror(words[3]);
    exit(1);
  }
  exit(0);
}
