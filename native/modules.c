// The bytecode in the executable that is read only when it is used: the command line's.
#include <string.h>
#include "arguments.h"
#include "calls.h"
#include "host.h"

char *name_part(JSContext *js, const char *importer, const char *name, void *unused) {
  (void)importer, (void)unused;
  const char *slash = strrchr(name, '/');
  return js_strdup(js, slash == NULL ? name : slash + 1);
}

JSValue read_part(const char *name) {
  for (const struct part *part = parts; part->name != NULL; part++)
    if (strcmp(part->name, name) == 0)
      return JS_ReadObject(HOST->js, part->bytes, (size_t)(part->end - part->bytes), JS_READ_OBJ_BYTECODE);
  return JS_ThrowReferenceError(HOST->js, "dan has no part %s", name);
}

JSModuleDef *load_part(JSContext *js, const char *name, void *unused) {
  (void)unused;
  JSValue module = read_part(name);
  if (JS_IsException(module)) return NULL;
  // The context keeps the module alive.
  JSModuleDef *loaded = JS_VALUE_GET_PTR(module);
  JS_FreeValue(js, module);
  return loaded;
}

// The bytes of a part that is not a module.
CALL(part) {
  TEXT(0, name)
  for (const struct part *part = parts; part->name != NULL; part++)
    if (strcmp(part->name, name) == 0) return JS_NewUint8ArrayCopy(js, part->bytes, (size_t)(part->end - part->bytes));
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry table[] = {ENTRY(part, 1)};
CALLS(part_calls, table);
