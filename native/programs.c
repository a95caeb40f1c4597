// System calls for starting programs, and for waiting.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "arguments.h"
#include "calls.h"
#include "host.h"

// The largest number of words, variables or files in one call.
static const int64_t most = 1 << 20;

// The strings of an array, ended by NULL. NULL with an exception if it is not an array of strings.
static char **new_texts(JSContext *js, JSValueConst array) {
  int64_t length;
  if (!JS_IsArray(array)) {
    JS_ThrowTypeError(js, "not an array");
    return NULL;
  }
  if (JS_GetLength(js, array, &length) < 0) return NULL;
  if (length > most) {
    JS_ThrowTypeError(js, "the array is too long");
    return NULL;
  }
  char **texts = calloc((size_t)length + 1, sizeof *texts);
  if (texts == NULL) JS_ThrowOutOfMemory(js);
  for (int64_t i = 0; texts != NULL && i < length; i++) {
    JSValue one = JS_GetPropertyInt64(js, array, i);
    struct text text = text_of(js, one);
    JS_FreeValue(js, one);
    if (text.chars != NULL && (texts[i] = strdup(text.chars)) == NULL) JS_ThrowOutOfMemory(js);
    free_text(&text);
    if (texts[i] != NULL) continue;
    for (int64_t k = 0; k < i; k++) free(texts[k]);
    free(texts);
    texts = NULL;
  }
  return texts;
}

static void free_texts(char ***texts) {
  if (*texts == NULL) return;
  for (char **text = *texts; *text != NULL; text++) free(*text);
  free(*texts);
}

#define TEXTS(index, name) \
  __attribute__((cleanup(free_texts))) char **name = new_texts(js, given[index]); \
  if (name == NULL) return JS_EXCEPTION;

// What the child process becomes. `places[i]` becomes its file i.
struct becoming {
  const char *path;
  char **words, **variables;
  const int *places;
  int file_count;
  bool is_own;
  pid_t parent;
  // Its umask; -1 for dan's.
  int mask;
};

// Runs in the child, which shares the parent's memory. Returns the error number.
static int become(const struct becoming *it) {
  // A signal handler must not run here, and the program starts with the default for each signal.
  for (int one = 1; one < NSIG; one++) signal(one, SIG_DFL);
  if (it->is_own) {
    if (setsid() == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) return errno;
    // The parent may have ended before prctl.
    if (getppid() != it->parent) return ESRCH;
  }
  if (chdir("/") == -1) return errno;
  // Without CLONE_FS, the umask belongs to the child only.
  if (it->mask >= 0) umask((mode_t)it->mask);
  for (int i = 0; i < it->file_count; i++) {
    if (it->places[i] < 0) continue;
    if ((it->places[i] == i ? fcntl(i, F_SETFD, 0) : dup2(it->places[i], i)) == -1) return errno;
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(it->path, it->words, it->variables);
  return errno;
}

// Starts a program with vfork(2) and execve(2). `files[i]` becomes file i of the program; a negative one is left out.
// All signals have their defaults and are unblocked. With `is_own`, the program has its own session, and so a process
// group, and is killed when dan ends for any reason (PR_SET_PDEATHSIG). `mask` is its umask, or negative for dan's.
CALL(vfork) {
  TEXT(0, path)
  TEXTS(1, words)
  TEXTS(2, variables)
  int files[16];
  int file_count = numbers_of(js, given[3], 0, 16, files);
  if (file_count < 0) return JS_EXCEPTION;
  if (!JS_IsBool(given[4])) return JS_ThrowTypeError(js, "argument 4 is not a boolean");
  bool is_own = JS_VALUE_GET_BOOL(given[4]);
  INT(5, mask)

  volatile int failure = 0;
  // dup2 could overwrite a file that is needed later, so such a file is moved out of the way first.
  int moved[16], places[16];
  for (int i = 0; i < file_count; i++) {
    bool is_in_the_way = failure == 0 && files[i] >= 0 && files[i] < file_count && files[i] != i;
    moved[i] = is_in_the_way ? fcntl(files[i], F_DUPFD_CLOEXEC, file_count) : -1;
    if (is_in_the_way && moved[i] == -1) failure = errno;
    places[i] = moved[i] == -1 ? files[i] : moved[i];
  }
  const struct becoming it = {path, words, variables, places, file_count, is_own, getpid(), mask};
  pid_t pid = 0;
  if (failure == 0) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    // The parent is suspended until the child has become another program, or has written why not. `failure` is volatile
    // because the compiler does not know that the child writes it.
    pid = vfork();
    if (pid == 0) {
      failure = become(&it);
      _exit(127);
    }
    if (pid == -1) failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    // sigprocmask does not block the signals that the C library uses itself, so they are blocked again.
    block_signals(false);
    if (pid > 0 && failure != 0) waitpid(pid, NULL, 0);
  }
  for (int i = 0; i < file_count; i++)
    if (moved[i] != -1) close(moved[i]);
  return JS_NewInt32(js, failure == 0 ? pid : -failure);
}

CALL(pidfd_open) {
  INT(0, pid)
  long file = syscall(SYS_pidfd_open, pid, 0);
  // The kernel always sets O_CLOEXEC.
  return JS_NewInt64(js, file == -1 ? -errno : file);
}

// Returns the exit code; -1000 for a program that a signal ended.
CALL(waitpid) {
  INT(0, pid)
  int status;
  pid_t ended;
  do ended = waitpid(pid, &status, 0);
  while (ended == -1 && errno == EINTR);
  if (ended == -1) return JS_NewInt32(js, -errno);
  return JS_NewInt32(js, WIFEXITED(status) ? WEXITSTATUS(status) : -1000);
}

CALL(kill) {
  INT(0, pid) INT(1, signal)
  ANSWER(kill(pid, signal));
}

// Returns [read end, write end]; dan's own end does not block.
CALL(pipe2) {
  TEXT(0, nonblocking)
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == -1) return JS_NewInt32(js, -errno);
  fcntl(ends[strcmp(nonblocking, "write") == 0 ? 1 : 0], F_SETFL, O_NONBLOCK);
  JSValue pair[] = {JS_NewInt32(js, ends[0]), JS_NewInt32(js, ends[1])};
  return JS_NewArrayFrom(js, 2, pair);
}

// Blocks signals, and returns a file from which they are read.
CALL(signalfd) {
  int signals[64];
  int count_of = numbers_of(js, given[0], 1, 64, signals);
  if (count_of < 0) return JS_EXCEPTION;
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count_of; i++)
    if (sigaddset(&set, signals[i]) == -1) return JS_NewInt32(js, -errno);
  if (sigprocmask(SIG_BLOCK, &set, NULL) == -1) return JS_NewInt32(js, -errno);
  ANSWER(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

// Returns the events of each file, as poll(2) does.
CALL(poll) {
  int files[256], events[256];
  int file_count = numbers_of(js, given[0], 0, 256, files);
  if (file_count < 0 || numbers_of(js, given[1], file_count, file_count, events) < 0) return JS_EXCEPTION;
  INT(2, milliseconds)
  struct pollfd asked[256];
  for (int i = 0; i < file_count; i++) asked[i] = (struct pollfd){files[i], (short)events[i], 0};
  // EINTR is returned, since the caller computes the remaining time.
  if (poll(asked, (nfds_t)file_count, milliseconds) == -1) return JS_NewInt32(js, -errno);
  JSValue came[256];
  for (int i = 0; i < file_count; i++) came[i] = JS_NewInt32(js, asked[i].revents);
  return JS_NewArrayFrom(js, file_count, came);
}

static const JSCFunctionListEntry table[] = {
    ENTRY(vfork, 6), ENTRY(pidfd_open, 1), ENTRY(waitpid, 1), ENTRY(kill, 2),
    ENTRY(pipe2, 1),       ENTRY(signalfd, 1),   ENTRY(poll, 3),
};
CALLS(program_calls, table);
