// The engine, QuickJS-ng, in one translation unit with the few functions that access its internals.
#include "engine.h"
#include "quickjs.c"

bool engine_asks_for_each_block;

JSContext *engine_new_context(JSRuntime *runtime) {
  JSContext *js = JS_NewContextRaw(runtime);
  if (js == NULL) return NULL;
  if (JS_AddIntrinsicBaseObjects(js) || JS_AddIntrinsicDate(js) || JS_AddIntrinsicRegExp(js) || JS_AddIntrinsicJSON(js) ||
      JS_AddIntrinsicMapSet(js) || JS_AddIntrinsicTypedArrays(js) || JS_AddIntrinsicPromise(js) ||
      JS_AddIntrinsicBigInt(js) || JS_AddIntrinsicProxy(js) || JS_AddIntrinsicWeakRef(js))
    return NULL;
  return js;
}

void engine_seed(JSContext *js, uint64_t seed) { js->random_state = seed != 0 ? seed : 1; }

void engine_fix_hashes(JSContext *js) { js->hash_seed = 0x9e3779b97f4a7c15u; }

// If the table grew during a call, it would write to all shapes of the snapshot.
void engine_make_room(JSRuntime *runtime) { resize_shape_hash(runtime, runtime->shape_hash_bits + 1); }

void engine_leave(JSRuntime *runtime, const JSMallocFunctions *functions) {
  runtime->stack_top = runtime->stack_limit = 0;
  runtime->mf = *functions;
}

uint8_t *engine_bytes(JSContext *js, JSValueConst value, size_t *length) {
  uint8_t *bytes = JS_GetUint8Array(js, length, value);
  if (bytes == NULL && *length == 0 && JS_GetTypedArrayType(value) == JS_TYPED_ARRAY_UINT8) {
    // An empty array has no bytes to point to. JS_GetUint8Array has refused a detached one.
    static uint8_t none;
    return JS_HasException(js) ? NULL : &none;
  }
  if (bytes == NULL) return NULL;
  JSTypedArray *array = JS_VALUE_GET_OBJ(value)->u.typed_array;
  JSArrayBuffer *buffer = array->buffer->u.array_buffer;
  if (array->offset + *length > (size_t)buffer->byte_length) {
    JS_ThrowTypeError(js, "the buffer has shrunk");
    return NULL;
  }
  return bytes;
}
