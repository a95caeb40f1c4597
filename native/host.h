// The host's state, and the functions that its files share.
#pragma once
#include <stdbool.h>
#include "engine.h"

// The largest number of rejected promises that are kept until they are handled. If there are more, the first ones are
// kept.
#define MOST_REJECTIONS 16

struct host {
  JSRuntime *runtime;
  JSContext *js;
  // The functions that the program gave to native.onStart and native.onRejection.
  JSValue main, turn, rejected;
  JSValue rejections[MOST_REJECTIONS];
  int rejection_count;
};

#ifdef WITHOUT_SNAPSHOT
extern struct host host_itself;
#define HOST (&host_itself)
#else
// It is at the beginning of the arena, so that the snapshot contains it.
#define HOST ((struct host *)arena)
extern char arena[];
#endif

// The command line of the process, with the program's name first, ended by NULL.
extern char **host_words;

#define PAGE 4096

// The header of each block of the engine's memory: its size in bytes, and, in the snapshot, the number of its
// allocation.
struct header {
  uint32_t size, number;
};
static inline struct header *header_of(const void *block) { return (struct header *)block - 1; }

// heap.c: memory for the engine.
extern const JSMallocFunctions heap_functions;
// Prepares the heap in a process that starts from a snapshot.
void heap_resume(void);

// privileges.c: whether setuid, setgid or capabilities of the file give the process privileges that its caller does not
// have.
bool has_privileges_of_its_file(void);
// Gives up the capabilities that dan never uses. Programs that a call of the plugin starts get no others either.
void keep_needed_capabilities(void);
// Blocks the signals that are not meant for dan. With `no_others`, unblocks all others, whatever the caller blocked.
void block_signals(bool no_others);

// modules.c: a part of the executable, such as a module's bytecode.
struct part {
  const char *name;
  const uint8_t *bytes, *end;
};
extern const struct part parts[];
// Reads a module from its bytecode; an exception if there is none.
JSValue read_part(const char *name);
// The engine's module loader; NULL with an exception if there is no such module.
JSModuleDef *load_part(JSContext *js, const char *name, void *unused);
char *name_part(JSContext *js, const char *importer, const char *name, void *unused);

// ready.c: makes a runtime and a context with `native`, in which nothing has been evaluated.
bool make_ready(const JSMallocFunctions *functions);
// Evaluates a module that was read from bytecode, with everything that it imports, and runs all jobs.
bool evaluate(JSValue module);
// Runs the engine's jobs until none is left; false if one failed.
bool run_jobs(void);

// snapshot.c: exists only in the program that the build runs. The build erases its code in dan.
[[noreturn]] void take_snapshot(int count, char **words);
