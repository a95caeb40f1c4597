// What the host needs from the engine beyond its public interface. engine.c includes the engine's source.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "quickjs.h"

// Makes a context with the language's built-ins, but without eval and the performance object. NULL if out of memory.
JSContext *engine_new_context(JSRuntime *runtime);

// Seeds Math.random() of a context.
void engine_seed(JSContext *js, uint64_t seed);

// Makes the hash of property maps the same in every build, so that two builds write the same snapshot.
void engine_fix_hashes(JSContext *js);

// Whether the engine requests each block of memory separately, as the snapshot's layout requires. Otherwise it requests
// pages for small blocks.
extern bool engine_asks_for_each_block;

// Makes room in the tables that all objects share, for the objects of a call.
void engine_make_room(JSRuntime *runtime);

// Removes what belongs to this process: the address of its stack, which is different in the process that starts from
// the snapshot, and its allocator, which `functions` replaces.
void engine_leave(JSRuntime *runtime, const JSMallocFunctions *functions);

// The bytes of a Uint8Array. NULL with a TypeError for any other value and for a detached or shrunk buffer.
uint8_t *engine_bytes(JSContext *js, JSValueConst value, size_t *length);
