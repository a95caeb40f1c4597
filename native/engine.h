// What the host needs of the engine beyond its public interface: engine.c includes the engine's source.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "quickjs.h"

// A context with the language's built-ins, but without eval and the clock of browsers. NULL: out of memory.
JSContext *engine_new_context(JSRuntime *runtime);

// Starts Math.random() of a context from `seed`.
void engine_seed(JSContext *js, uint64_t seed);

// Makes the hash of property maps the same in every build, so that two builds write the same snapshot.
void engine_fix_hashes(JSContext *js);

// Whether each block of memory is asked for by itself, as the snapshot is laid out; else small ones are, by pages.
extern bool engine_asks_for_each_block;

// Makes room for the objects of a call in what is shared by all.
void engine_make_room(JSRuntime *runtime);

// Forgets where the stack of the process lies: it lies elsewhere in the process that starts from the snapshot. That one
// allocates by functions of its own.
void engine_leave(JSRuntime *runtime, const JSMallocFunctions *functions);

// The bytes of a Uint8Array. NULL with a TypeError for any other value and for a detached or shrunk buffer.
uint8_t *engine_bytes(JSContext *js, JSValueConst value, size_t *length);
