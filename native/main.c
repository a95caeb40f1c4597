// Starts the program from the snapshot, and runs its event loop until it ends the process.
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "host.h"

char **host_words;
extern const size_t stack_limit;
#ifdef WITHOUT_SNAPSHOT
struct host host_itself;

// The process ends without freeing its memory, which is no leak.
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_leaks=0"; }
#endif

#define ERROR(code, text) "{\"cniVersion\":\"1.1.0\",\"code\":" #code ",\"msg\":\"" text "\"}\n"

[[noreturn]] static void end_with(const char *answer) {
  if (write(STDOUT_FILENO, answer, strlen(answer)) < 0) _exit(2);
  _exit(1);
}

// For failures that the program cannot report itself, for instance without memory.
[[noreturn]] static void end_without_a_word_of_its_own(void) {
  end_with(ERROR(999, "dan failed before it could say why, probably without memory: see the node's memory and limits "
                      "(ulimit -v) [internal-error]"));
}

[[noreturn]] static void refuse_privileges_of_the_file(void) {
  end_with(ERROR(4, "dan has privileges by its file, which would be everybody's: take them away (chmod ug-s, setcap -r), and "
                    "have root start it [invalid-environment]"));
}

// Reports the promises that were rejected and not handled meanwhile.
static bool tell_rejections(void) {
  JSContext *js = HOST->js;
  while (HOST->rejection_count > 0) {
    JSValue promise = HOST->rejections[--HOST->rejection_count];
    JSValue reason = JS_PromiseResult(js, promise);
    JS_FreeValue(js, promise);
    JSValue answer = JS_Call(js, HOST->rejected, JS_UNDEFINED, 1, (JSValueConst *)&reason);
    JS_FreeValue(js, reason);
    if (JS_IsException(answer)) return false;
    JS_FreeValue(js, answer);
    if (!run_jobs()) return false;
  }
  return true;
}

static void run(void) {
  JSContext *js = HOST->js;
  JS_UpdateStackTop(HOST->runtime);
  uint64_t seed;
  if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == sizeof seed) engine_seed(js, seed);
  JSValue answer = JS_Call(js, HOST->main, JS_UNDEFINED, 0, NULL);
  for (;;) {
    if (JS_IsException(answer)) break;
    JS_FreeValue(js, answer);
    if (!run_jobs() || !tell_rejections()) break;
    answer = JS_Call(js, HOST->turn, JS_UNDEFINED, 0, NULL);
    if (JS_IsBool(answer) && !JS_VALUE_GET_BOOL(answer)) break;
  }
  end_without_a_word_of_its_own();
}

#ifndef WITHOUT_SNAPSHOT
// dan's own stack: its size does not depend on the caller's limits.
static void run_on_own_stack(void) {
  const size_t guard = 64 << 10, size = stack_limit + (256 << 10);
  char *stack = mmap(NULL, guard + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED || mprotect(stack, guard, PROT_NONE) == -1) end_without_a_word_of_its_own();
  char *top = stack + guard + size;
#if defined __x86_64__
  __asm__ volatile("mov %0, %%rsp\n xor %%ebp, %%ebp\n call *%1\n hlt" : : "r"(top), "r"(run) : "memory");
#elif defined __aarch64__
  __asm__ volatile("mov sp, %0\n mov x29, xzr\n blr %1\n brk #1" : : "r"(top), "r"(run) : "memory");
#else
#error "dan is built for x86-64 and AArch64"
#endif
}

#endif

// A caller may start dan without its first three files, and then the next file that dan opens must not become one of
// them. Standard input becomes empty, and writing to the others fails, so that dan notices that nobody gets its answer.
static void fill_missing_files(void) {
  for (int file = 0; file <= 2; file++) {
    if (fcntl(file, F_GETFD) != -1) continue;
    int ends[2];
    if (file != 0) open("/", O_PATH);
    else if (pipe(ends) == 0) close(ends[1]);
  }
}

int main(int count, char **words) {
  host_words = words;
  if (has_privileges_of_its_file()) refuse_privileges_of_the_file();
  fill_missing_files();
  // A program that dan starts must not inherit what the caller left open. Before Linux 5.11, it does.
  syscall(SYS_close_range, STDERR_FILENO + 1, UINT32_MAX, CLOSE_RANGE_CLOEXEC);
  keep_needed_capabilities();
  block_signals(true);
  // A caller may ignore SIGCHLD, and a process inherits that: the kernel would then discard the exit codes of programs.
  signal(SIGCHLD, SIG_DFL);
#ifdef WITHOUT_SNAPSHOT
  (void)count;
  if (!make_ready(NULL) || !evaluate(read_part("main.js"))) end_without_a_word_of_its_own();
  run();
#else
  if (HOST->js == NULL) take_snapshot(count, words);
  heap_resume();
  run_on_own_stack();
#endif
  return 1;
}
