// Memory for the engine. What is there when the snapshot is taken lies in the arena, a section of the executable, which the
// kernel maps so that each process writes to a copy of its own. What a call allocates in small blocks comes from `live`, one
// block after the other; large blocks, and what is too much for it, come from the C library.
//
// Each block has its size before it. A block of the arena is never given back; of `live`, the last one is.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <malloc.h>
#include "host.h"

#define PAGE 4096
// Room for the snapshot.
#ifndef ARENA_BYTES
#define ARENA_BYTES 4194304
#endif
#define LIVE_BYTES 4194304
#define LARGE (32 << 10)
#define HEADER 16

#define TEXT_OF(macro) #macro
#define EXPANDED(macro) TEXT_OF(macro)

__asm__(".pushsection .snapshot,\"aw\",%progbits\n.globl arena\n.balign 4096\narena: .skip " EXPANDED(ARENA_BYTES) "\n.popsection");
extern char live[];
__asm__(".pushsection .live,\"aw\",%nobits\n.globl live\n.balign 4096\nlive: .skip " EXPANDED(LIVE_BYTES) "\n.popsection");

static char *next, *limit;

// The pages that calls write, found by the build: first page and number of pages of the arena, then how many of `live`. One
// table for VERSION, which is answered before anything else, one for all other calls.
struct hot {
  uint16_t count, live;
  struct {
    uint16_t first, pages;
  } ranges[126];
};
extern const struct hot hot[2] __attribute__((visibility("hidden")));
__asm__(".pushsection .hot,\"a\",%progbits\n.globl hot\n.balign 8\nhot: .skip 1016\n.popsection");

// One call for many pages is faster than a fault for each. Kernels before 5.14 refuse it, and nothing is lost.
static void copy_hot_pages(const struct hot *table) {
  for (int i = 0; i < table->count; i++)
    madvise(arena + PAGE * (size_t)table->ranges[i].first, PAGE * (size_t)table->ranges[i].pages, 23 /* MADV_POPULATE_WRITE */);
  if (table->live != 0) madvise(live, PAGE * (size_t)table->live, 23);
}

void heap_open(void) {
  next = arena + (sizeof(struct host) + HEADER - 1) / HEADER * HEADER;
  limit = arena + ARENA_BYTES;
}

size_t heap_close(void) {
  HOST->free = next;
  return (size_t)(next - arena);
}

void heap_resume(void) {
  const char *command = getenv("CNI_COMMAND");
  copy_hot_pages(&hot[command == NULL || strcmp(command, "VERSION") != 0]);
  next = live;
  limit = live + LIVE_BYTES;
}

static bool is_in_arena(const void *block) { return (uintptr_t)block - (uintptr_t)arena < ARENA_BYTES; }
static bool is_ours(const void *block) { return is_in_arena(block) || (uintptr_t)block - (uintptr_t)live < LIVE_BYTES; }
static size_t *size_of(void *block) { return (size_t *)((char *)block - HEADER); }

// While the snapshot is made, large blocks are laid in the arena as well. What is left may be less than a header.
static bool is_for_the_library(size_t size) {
  return (size >= LARGE && HOST->free != NULL) || size + 2 * HEADER > (size_t)(limit - next);
}

static void *take(void *unused, size_t size) {
  (void)unused;
  if (is_for_the_library(size)) return malloc(size);
  size_t room = (size + HEADER - 1) / HEADER * HEADER;
  char *block = next + HEADER;
  next = block + room;
  *size_of(block) = room;
  return block;
}

static void *take_clear(void *unused, size_t count, size_t size) {
  // The engine has looked whether the product fits.
  if (is_for_the_library(count * size)) return calloc(count, size);
  return memset(take(unused, count * size), 0, count * size);
}

static void give_back(void *unused, void *block) {
  (void)unused;
  if (block == NULL) return;
  if (!is_ours(block)) free(block);
  else if ((char *)block + *size_of(block) == next) next = (char *)block - HEADER;
}

static size_t usable(const void *block) {
  if (block == NULL) return 0;
  return is_ours(block) ? *(const size_t *)((const char *)block - HEADER) : malloc_usable_size((void *)block);
}

static void *resize(void *unused, void *block, size_t size) {
  if (block == NULL) return take(unused, size);
  if (!is_ours(block)) return realloc(block, size);
  size_t old = *size_of(block);
  if (size <= old) return block;
  if ((char *)block + old == next && size < LARGE && !is_for_the_library(size - old)) {
    size_t room = (size + HEADER - 1) / HEADER * HEADER;
    *size_of(block) = room;
    next = (char *)block + room;
    return block;
  }
  void *moved = take(unused, size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old);
  give_back(unused, block);
  return moved;
}

const JSMallocFunctions heap_functions = {take_clear, take, give_back, resize, usable};
