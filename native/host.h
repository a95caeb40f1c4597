// What the host keeps, and what its files ask of each other.
#pragma once
#include <stdbool.h>
#include "engine.h"

// Rejected promises that nobody has handled yet, at the most; of more, the first are told.
#define MOST_REJECTIONS 16

struct host {
  JSRuntime *runtime;
  JSContext *js;
  // What the program gave native.onStart and native.onRejection.
  JSValue main, turn, rejected;
  JSValue rejections[MOST_REJECTIONS];
  int rejection_count;
};

#ifdef WITHOUT_SNAPSHOT
extern struct host host_itself;
#define HOST (&host_itself)
#else
// It lies at the beginning of the arena, so that the snapshot has it.
#define HOST ((struct host *)arena)
extern char arena[];
#endif

// The words that the process was started with, the program's name first, ended by NULL.
extern char **host_words;

#define PAGE 4096

// What lies before each block of the engine's memory: its bytes, and in the snapshot the number of its allocation.
struct header {
  uint32_t size, number;
};
static inline struct header *header_of(const void *block) { return (struct header *)block - 1; }

// heap.c: memory for the engine.
extern const JSMallocFunctions heap_functions;
// Makes ready for a process that starts from a snapshot.
void heap_resume(void);

// privileges.c: whether the process has what its caller has not, by setuid, setgid or capabilities of the file.
bool has_privileges_of_its_file(void);
// Gives up the capabilities that dan never uses; what a call of the plugin starts gets no others either.
void keep_needed_capabilities(void);
// Keeps signals away that ask dan for nothing; with `no_others`, all others come, whatever the caller blocked.
void block_signals(bool no_others);

// modules.c: a module of the bytecode that is in the executable.
struct part {
  const char *name;
  const uint8_t *bytes, *end;
};
extern const struct part parts[];
// Reads one; an exception where there is none.
JSValue read_part(const char *name);
// Loads one as the engine's module loader; NULL with an exception where there is none.
JSModuleDef *load_part(JSContext *js, const char *name, void *unused);
char *name_part(JSContext *js, const char *importer, const char *name, void *unused);

// ready.c: a runtime and a context with `native`, in which nothing has been evaluated.
bool make_ready(const JSMallocFunctions *functions);
// Evaluates a module that was read as bytecode, with all that it imports, until nothing is left to do.
bool evaluate(JSValue module);
// Runs the engine's jobs until none is left; false: one failed.
bool run_jobs(void);

// snapshot.c: only in the program that the build runs; what is left of it in dan is erased.
[[noreturn]] void take_snapshot(int count, char **words);
