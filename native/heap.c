// Memory for the engine. Blocks of the snapshot are in the arena, a section of the executable that the kernel maps
// copy-on-write for each process; snapshot.c puts them there. The small blocks of a call come from `live`, one after
// the other. Large blocks, and those that do not fit into `live`, come from the C library.
//
// A block of the arena is never reused; in `live`, only the last block can be.
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <malloc.h>
#include "host.h"

#define LIVE_BYTES 4194304
#define LARGE (32 << 10)
#define HEADER sizeof(struct header)

#define TEXT_OF(macro) #macro
#define EXPANDED(macro) TEXT_OF(macro)

__asm__(".pushsection .snapshot,\"aw\",%progbits\n.globl arena\n.balign 4096\narena: .skip " EXPANDED(ARENA_BYTES) "\n.popsection");
extern char live[];
__asm__(".pushsection .live,\"aw\",%nobits\n.globl live\n.balign 4096\nlive: .skip " EXPANDED(LIVE_BYTES) "\n.popsection");

static char *next, *limit;

// How many pages calls write at the beginning of the arena, where the pages that they write are, and of `live`. The
// build measures this for VERSION, which is answered before anything else, for ADD, and for all other calls.
struct hot {
  uint16_t arena, live;
};
extern const struct hot hot[3] __attribute__((visibility("hidden")));
__asm__(".pushsection .hot,\"a\",%progbits\n.globl hot\n.balign 8\nhot: .skip 12\n.popsection");

// One system call for many pages is faster than a page fault for each. Kernels before 5.14 refuse it, which does no
// harm.
static void copy_pages(char *first, size_t pages) {
  if (pages != 0) madvise(first, PAGE * pages, 23 /* MADV_POPULATE_WRITE */);
}

void heap_resume(void) {
  const char *command = getenv("CNI_COMMAND");
  bool is_version = command != NULL && strcmp(command, "VERSION") == 0, is_add = command != NULL && strcmp(command, "ADD") == 0;
  const struct hot *pages = &hot[is_version ? 0 : is_add ? 1 : 2];
  copy_pages(arena, pages->arena);
  copy_pages(live, pages->live);
  next = live;
  limit = live + LIVE_BYTES;
}

static bool is_in_arena(const void *block) { return (uintptr_t)block - (uintptr_t)arena < ARENA_BYTES; }
static bool is_ours(const void *block) { return is_in_arena(block) || (uintptr_t)block - (uintptr_t)live < LIVE_BYTES; }

// The rest may be smaller than a header.
static bool is_for_the_library(size_t size) { return size >= LARGE || size + 2 * HEADER > (size_t)(limit - next); }

static void *take(void *unused, size_t size) {
  (void)unused;
  if (is_for_the_library(size)) return malloc(size);
  size_t room = (size + HEADER - 1) / HEADER * HEADER;
  char *block = next + HEADER;
  next = block + room;
  header_of(block)->size = (uint32_t)room;
  return block;
}

static void *take_clear(void *unused, size_t count, size_t size) {
  // The engine has checked that the product does not overflow.
  if (is_for_the_library(count * size)) return calloc(count, size);
  return memset(take(unused, count * size), 0, count * size);
}

static void give_back(void *unused, void *block) {
  (void)unused;
  if (block == NULL) return;
  if (!is_ours(block)) free(block);
  else if ((char *)block + header_of(block)->size == next) next = (char *)block - HEADER;
}

static size_t usable(const void *block) {
  if (block == NULL) return 0;
  return is_ours(block) ? header_of(block)->size : malloc_usable_size((void *)block);
}

static void *resize(void *unused, void *block, size_t size) {
  if (block == NULL) return take(unused, size);
  if (!is_ours(block)) return realloc(block, size);
  size_t old = header_of(block)->size;
  if (size <= old) return block;
  if ((char *)block + old == next && size < LARGE && !is_for_the_library(size - old)) {
    size_t room = (size + HEADER - 1) / HEADER * HEADER;
    header_of(block)->size = (uint32_t)room;
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
