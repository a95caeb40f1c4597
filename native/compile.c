// A tool of the build: compiles JavaScript modules to bytecode. compile OUTPUT-DIRECTORY MODULE...
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "quickjs.h"

// Each imported module is compiled separately, so an import is only declared.
static int nothing(JSContext *js, JSModuleDef *module) {
  (void)js, (void)module;
  return 0;
}

static JSModuleDef *declare(JSContext *js, const char *name, void *unused) {
  (void)unused;
  return JS_NewCModule(js, name, nothing);
}

static char *name_of(JSContext *js, const char *importer, const char *name, void *unused) {
  (void)importer, (void)unused;
  const char *slash = strrchr(name, '/');
  return js_strdup(js, slash == NULL ? name : slash + 1);
}

static void compile(const char *directory, const char *source) {
  FILE *file = fopen(source, "rb");
  if (file == NULL) {
    perror(source);
    exit(1);
  }
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  char *text = calloc(length + 1, 1);
  if (fread(text, 1, length, file) != length) exit(1);
  fclose(file);

  const char *slash = strrchr(source, '/'), *name = slash == NULL ? source : slash + 1;
  JSRuntime *runtime = JS_NewRuntime();
  JSContext *js = JS_NewContext(runtime);
  JS_SetModuleLoaderFunc(runtime, name_of, declare, NULL);
  JSValue module = JS_Eval(js, text, length, name, JS_EVAL_TYPE_MODULE | JS_EVAL_FLAG_COMPILE_ONLY);
  if (JS_IsException(module)) {
    JSValue error = JS_GetException(js);
    fprintf(stderr, "%s: %s\n", source, JS_ToCString(js, error));
    exit(1);
  }
  size_t size;
  // The source is stripped; names and lines are kept for stack traces.
  uint8_t *bytes = JS_WriteObject(js, &size, module, JS_WRITE_OBJ_BYTECODE | JS_WRITE_OBJ_STRIP_SOURCE);
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", directory, name);
  FILE *output = fopen(path, "wb");
  if (bytes == NULL || output == NULL || fwrite(bytes, 1, size, output) != size || fclose(output) != 0) {
    perror(path);
    exit(1);
  }
}

int main(int count, char **words) {
  for (int i = 2; i < count; i++) compile(words[1], words[i]);
  return 0;
}
