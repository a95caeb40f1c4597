// Makes a runtime with the global object `native`, evaluates modules, and runs jobs.
#include "calls.h"
#include "host.h"

// dan's own limits, so that no input exhausts the node's memory.
static const size_t memory_limit = 48 << 20;
const size_t stack_limit = 768 << 10;

static void add(JSContext *js, JSValueConst object, const struct calls *calls) {
  JS_SetPropertyFunctionList(js, object, calls->entries, calls->count);
}

// Notes a promise that was rejected, or removes one that is handled now.
static void track_rejection(JSContext *js, JSValueConst promise, JSValueConst reason, bool is_handled, void *unused) {
  (void)reason, (void)unused;
  for (int i = 0; is_handled && i < HOST->rejection_count; i++) {
    if (!JS_IsStrictEqual(js, HOST->rejections[i], promise)) continue;
    JS_FreeValue(js, HOST->rejections[i]);
    HOST->rejections[i] = HOST->rejections[--HOST->rejection_count];
    return;
  }
  if (!is_handled && HOST->rejection_count < MOST_REJECTIONS)
    HOST->rejections[HOST->rejection_count++] = JS_DupValue(js, promise);
}

bool make_ready(const JSMallocFunctions *functions) {
  JSRuntime *runtime = functions == NULL ? JS_NewRuntime() : JS_NewRuntime2(functions, NULL);
  JSContext *js = runtime == NULL ? NULL : engine_new_context(runtime);
  if (js == NULL) return false;
  engine_fix_hashes(js);
  engine_seed(js, 1);
  HOST->runtime = runtime;
  HOST->js = js;
  HOST->main = HOST->turn = HOST->rejected = JS_UNDEFINED;
  JS_SetMemoryLimit(runtime, memory_limit);
  JS_SetMaxStackSize(runtime, stack_limit);
  // The garbage of a call disappears with the process; only a long command reaches this threshold.
  JS_SetGCThreshold(runtime, 16 << 20);
  JS_SetModuleLoaderFunc(runtime, name_part, load_part, NULL);
  JS_SetHostPromiseRejectionTracker(runtime, track_rejection, NULL);

  JSValue global = JS_GetGlobalObject(js), native = JS_NewObject(js), bytes = JS_NewObject(js);
  add(js, native, &file_calls);
  add(js, native, &network_calls);
  add(js, native, &part_calls);
  add(js, native, &process_calls);
  add(js, native, &program_calls);
  add(js, bytes, &byte_calls);
  JS_SetPropertyStr(js, native, "bytes", bytes);
  JS_SetPropertyStr(js, global, "native", native);
  JS_FreeValue(js, global);
  return true;
}

bool run_jobs(void) {
  JSContext *js;
  int answer;
  do answer = JS_ExecutePendingJob(HOST->runtime, &js);
  while (answer > 0);
  return answer == 0;
}

bool evaluate(JSValue module) {
  JSContext *js = HOST->js;
  if (JS_IsException(module) || JS_ResolveModule(js, module) < 0) return false;
  JSValue promise = JS_EvalFunction(js, module);
  if (JS_IsException(promise) || !run_jobs()) return false;
  if (JS_PromiseState(js, promise) == JS_PROMISE_REJECTED) JS_Throw(js, JS_PromiseResult(js, promise));
  JS_FreeValue(js, promise);
  return !JS_HasException(js);
}
