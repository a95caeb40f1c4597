// System calls for programs that are started, and for what is waited for.
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

// The most words, variables or files that one call may have.
static const int64_t most = 1 << 20;

// The texts of an array, ended by NULL. NULL with an exception where it is no array of texts.
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

// The whole numbers of an array of a length that is known.
static int numbers_of(JSContext *js, JSValueConst array, int64_t least, int64_t largest, int *numbers) {
  int64_t length;
  if (!JS_IsArray(array)) return JS_ThrowTypeError(js, "not an array"), -1;
  if (JS_GetLength(js, array, &length) < 0) return -1;
  if (length < least || length > largest) return JS_ThrowTypeError(js, "the array is too short or too long"), -1;
  for (int64_t i = 0; i < length; i++) {
    JSValue one = JS_GetPropertyInt64(js, array, i);
    bool is_number = JS_VALUE_GET_TAG(one) == JS_TAG_INT;
    if (is_number) numbers[i] = JS_VALUE_GET_INT(one);
    JS_FreeValue(js, one);
    if (!is_number) return JS_ThrowTypeError(js, "the array does not have whole numbers alone"), -1;
  }
  return (int)length;
}

// What the child becomes. `places[i]` is to be its file i.
struct becoming {
  const char *path;
  char **words, **variables;
  const int *places;
  int file_count;
  bool is_own;
  pid_t parent;
  // -1: dan's.
  int mask;
};

// In the child, whose memory is the parent's: returns the error number.
static int become(const struct becoming *it) {
  // A handler must not run here. What a process starts with is the default for each.
  for (int one = 1; one < NSIG; one++) signal(one, SIG_DFL);
  if (it->is_own) {
    if (setsid() == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) return errno;
    // It may have ended before that.
    if (getppid() != it->parent) return ESRCH;
  }
  if (chdir("/") == -1) return errno;
  // Without CLONE_FS, it is the child's alone.
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

// Starts a program by vfork(2) and execve(2). `files[i]` becomes file i of the program; a negative one is left out. It gets the
// signals that a process starts with. One of its own has a session, and so a process group, and is killed when dan ends,
// however that comes about (PR_SET_PDEATHSIG). It gets the umask, or dan's where that is negative.
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
  // One that lies where another is to come would be lost: it is moved out of the way first.
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
    // The parent stands still until the child is another program, or has written why not: `failure` is in memory, whatever the
    // compiler knows of it.
    pid = vfork();
    if (pid == 0) {
      failure = become(&it);
      _exit(127);
    }
    if (pid == -1) failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    // That lets those come that the C library may use itself.
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
  // The kernel makes it O_CLOEXEC by itself.
  return JS_NewInt64(js, file == -1 ? -errno : file);
}

// The exit code; -1000 for a program that a signal ended.
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

// [read end, write end]; dan's own end does not block.
CALL(pipe2) {
  TEXT(0, nonblocking)
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) == -1) return JS_NewInt32(js, -errno);
  fcntl(ends[strcmp(nonblocking, "write") == 0 ? 1 : 0], F_SETFL, O_NONBLOCK);
  JSValue pair[] = {JS_NewInt32(js, ends[0]), JS_NewInt32(js, ends[1])};
  return JS_NewArrayFrom(js, 2, pair);
}

// Blocks signals, and returns a file on which they are read.
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

// Returns what came for each file, as poll(2) has it.
CALL(poll) {
  int files[256], events[256];
  int file_count = numbers_of(js, given[0], 0, 256, files);
  if (file_count < 0 || numbers_of(js, given[1], file_count, file_count, events) < 0) return JS_EXCEPTION;
  INT(2, milliseconds)
  struct pollfd asked[256];
  for (int i = 0; i < file_count; i++) asked[i] = (struct pollfd){files[i], (short)events[i], 0};
  // EINTR is told: the time that is left is the caller's business.
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
