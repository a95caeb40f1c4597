// What the host needs of the engine beyond its public interface: engine.c includes the engine's source.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "quickjs.h"

// A context with the language's built-ins, but without eval and the clock of browsers. NULL: out of memory.
JSContext *engine_new_context(JSRuntime *runtime);

// Starts Math.random() of a context from `seed`.
void engine_seed(JSContext *js, uint64_t seed);

// Makes the hash of property maps the same in every build, so that two builds write the same snapshot.
void engine_fix_hashes(JSContext *js);

// Forgets where the stack of the process lies: it lies elsewhere in the process that starts from the snapshot.
void engine_forget_stack(JSRuntime *runtime);

// The bytes of a Uint8Array. NULL with a TypeError for any other value and for a detached or shrunk buffer.
uint8_t *engine_bytes(JSContext *js, JSValueConst value, size_t *length);
