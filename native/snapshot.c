// Takes the snapshot: evaluates the modules of the plugin's code path, and writes the arena to a file. Only the program
// that the build runs has this code; the build erases the section .build in the final executable.
//
// The engine makes the same allocations in the same order each time; the first has the number 0. The build takes the
// snapshot twice: first with each block on its own page, so that the pages that calls write show which blocks they
// write; then with each block at the place that the build chooses from that.
#include <fcntl.h>
#include <stddef.h>
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

// The build's layout: the length of the snapshot, then each block's place in the arena; 0 for a block that is freed
// before the end.
static uint32_t *places;
static size_t place_count;
static uint32_t allocations;
// Without a layout: the first unused page, and the list of pages of freed blocks, each of which points to the next.
static char *next = arena + PAGE, *unused;
static const uint32_t gone = UINT32_MAX;
// As in build/layout.ts.
#define HOST_ROOM 512
_Static_assert(sizeof(struct host) <= HOST_ROOM);

BUILD static char *page_for(size_t size) {
  char *page = size <= PAGE && unused != NULL ? unused : next;
  if (page == unused) unused = *(char **)(page + sizeof(struct header));
  else next += (size + PAGE - 1) / PAGE * PAGE;
  if (next > arena + ARENA_BYTES) fail("the arena is too small");
  return page;
}

BUILD static char *place_for(size_t size) {
  if (places == NULL) return page_for(size);
  uint32_t place = allocations < place_count ? places[allocations] : 0;
  return place != 0 ? arena + place : malloc(size);
}

BUILD static void *lay(void *opaque, size_t size) {
  (void)opaque;
  size_t room = (size + 7) / 8 * 8;
  struct header *header = (struct header *)place_for(sizeof(struct header) + room);
  *header = (struct header){(uint32_t)room, allocations++};
  return header + 1;
}

BUILD static void *lay_clear(void *opaque, size_t count, size_t size) {
  return memset(lay(opaque, count * size), 0, count * size);
}

BUILD static void drop(void *opaque, void *block) {
  (void)opaque;
  if (block == NULL) return;
  struct header *header = header_of(block);
  if (places != NULL) {
    free(header);
    return;
  }
  header->number = gone;
  if (header->size + sizeof(struct header) > PAGE) return;
  *(char **)block = unused;
  unused = (char *)header;
}

BUILD static size_t laid(const void *block) { return block == NULL ? 0 : header_of(block)->size; }

BUILD static void *lay_anew(void *opaque, void *block, size_t size) {
  if (size <= laid(block)) return block;
  void *moved = lay(opaque, size);
  if (block != NULL) memcpy(moved, block, laid(block));
  drop(opaque, block);
  return moved;
}

// Checks that each block is at its place and has its planned size, so that the blocks follow each other without gaps.
BUILD static void compare_with_places(void) {
  size_t count = 0;
  const char *at = arena + HOST_ROOM;
  while (at < next) {
    const struct header *header = (const struct header *)at;
    if (header->number >= place_count || places[header->number] != at - arena) fail("a block is not at its place");
    at += sizeof *header + header->size;
    count++;
  }
  for (size_t number = 0; number < place_count; number++) count -= places[number] != 0;
  if (at != next || count != 0) fail("blocks are missing");
}

static const JSMallocFunctions laying = {lay_clear, lay, drop, lay_anew, laid};

BUILD static void read_places(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) fail(path);
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  if (length == 0) return;
  uint32_t *words = malloc(length);
  if (fread(words, 1, length, file) != length) fail(path);
  next = arena + words[0];
  places = words + 1;
  place_count = length / sizeof(uint32_t) - 1;
}

// The directory with the bytecode of the modules that are evaluated.
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

// dan DIRECTORY MODULE SNAPSHOT PLACES
BUILD [[noreturn]] void take_snapshot(int count, char **words) {
  if (count != 5) exit(2);
  directory_ = words[1];
  read_places(words[4]);
  engine_asks_for_each_block = true;
  if (!make_ready(&laying)) fail("the engine does not start");
  JS_SetModuleLoaderFunc(HOST->runtime, name_part, load_file, NULL);
  if (!evaluate(read_file(words[2]))) fail("the modules cannot be evaluated");
  if (HOST->rejection_count > 0) fail("a promise was rejected while the modules were evaluated");
  if (!JS_IsFunction(HOST->js, HOST->main)) fail("no module called native.onStart");
  JS_SetModuleLoaderFunc(HOST->runtime, name_part, load_part, NULL);
  JS_RunGC(HOST->runtime);
  engine_make_room(HOST->runtime);
  engine_leave(HOST->runtime, &heap_functions);
  if (places != NULL) compare_with_places();
  size_t length = (size_t)(next - arena);
  int file = open(words[3], O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file == -1 || write(file, arena, length) != (ssize_t)length) {
    perror(words[3]);
    exit(1);
  }
  exit(0);
}
