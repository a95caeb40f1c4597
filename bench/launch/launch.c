/*
 * Starts programs and measures them: the duration of each, and the processor time and the peak memory of it and of the
 * descendants it waited for, as wait4(2) reports them.
 *
 * This program is small on purpose. A process starts with the peak memory of its parent, and Linux keeps that figure
 * over execve(2): started from Node.js, every program would seem to need as much as Node.js.
 *
 * Standard input has a line for each property of a program, and `go`, which starts at once all programs that were
 * described since the last one:
 *
 *   arg /usr/lib/cni/bridge
 *   env CNI_COMMAND=ADD
 *   in /tmp/0.in
 *   out /tmp/0.out
 *   err /tmp/0.err
 *   end
 *   go
 *
 * The answer has a line for each program, in the same order: wait status, nanoseconds, microseconds of processor time,
 * KiB, and 1 if it was killed at the limit, otherwise 0. A last line has `all` and the nanoseconds from the first start
 * to the last end. End of input ends this program.
 *
 * The one argument is the limit: that many seconds after `go`, programs that still run are killed. Otherwise a program
 * that hangs would block the benchmark for ever.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PROGRAMS = 256, MOST_WORDS = 64 };

struct program {
  char *arguments[MOST_WORDS + 1], *environment[MOST_WORDS + 1];
  size_t argument_count, environment_count;
  char *streams[3];
  pid_t pid;
  int status;
  long long started, ended, processor;
  long peak;
  int late;
};

static struct program programs[MOST_PROGRAMS];
static size_t count;
static unsigned int limit;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void start(struct program *program) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int stream = 0; stream < 3; stream++) {
    int flags = stream == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&actions, stream, program->streams[stream], flags, 0600);
  }
  program->started = now();
  int error = posix_spawn(&program->pid, program->arguments[0], &actions, NULL, program->arguments,
                          program->environment);
  if (error != 0) errx(1, "cannot start %s: %s", program->arguments[0], strerror(error));
  posix_spawn_file_actions_destroy(&actions);
}

/* For SIGALRM: kills the programs that still run. wait4(2) is repeated after it, and finds that they have ended. */
static void kill_late(int signal) {
  (void)signal;
  for (size_t at = 0; at < count; at++) {
    struct program *program = &programs[at];
    if (program->pid == 0 || program->ended != 0) continue;
    program->late = 1;
    kill(program->pid, SIGKILL);
  }
}

static void reap_one(void) {
  int status;
  struct rusage usage;
  pid_t pid = wait4(-1, &status, 0, &usage);
  long long ended = now();
  if (pid < 0) err(1, "wait4");
  for (size_t at = 0; at < count; at++) {
    struct program *program = &programs[at];
    if (program->pid != pid) continue;
    program->status = status;
    program->ended = ended;
    program->processor = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
                         usage.ru_stime.tv_usec;
    program->peak = usage.ru_maxrss;
  }
}

static void report_and_forget(void) {
  long long last = 0;
  for (size_t at = 0; at < count; at++) {
    struct program *program = &programs[at];
    printf("%d %lld %lld %ld %d\n", program->status, program->ended - program->started, program->processor,
           program->peak, program->late);
    if (program->ended > last) last = program->ended;
    for (size_t word = 0; word < program->argument_count; word++) free(program->arguments[word]);
    for (size_t word = 0; word < program->environment_count; word++) free(program->environment[word]);
    for (int stream = 0; stream < 3; stream++) free(program->streams[stream]);
  }
  printf("all %lld\n", last - programs[0].started);
  fflush(stdout);
  memset(programs, 0, sizeof programs[0] * count);
  count = 0;
}

static void go(void) {
  if (count == 0) errx(1, "nothing to start");
  alarm(limit);
  for (size_t at = 0; at < count; at++) start(&programs[at]);
  for (size_t at = 0; at < count; at++) reap_one();
  alarm(0);
  report_and_forget();
}

static char *value_of(const char *line, const char *key) {
  size_t length = strlen(key);
  return strncmp(line, key, length) == 0 && line[length] == ' ' ? strdup(line + length + 1) : NULL;
}

static void describe(struct program *program, const char *line) {
  static const char *const streams[] = {"in", "out", "err"};
  char *value;
  if ((value = value_of(line, "arg")) != NULL) {
    if (program->argument_count == MOST_WORDS) errx(1, "more than %d arguments", MOST_WORDS);
    program->arguments[program->argument_count++] = value;
    return;
  }
  if ((value = value_of(line, "env")) != NULL) {
    if (program->environment_count == MOST_WORDS) errx(1, "more than %d variables", MOST_WORDS);
    program->environment[program->environment_count++] = value;
    return;
  }
  for (int stream = 0; stream < 3; stream++) {
    if ((value = value_of(line, streams[stream])) == NULL) continue;
    program->streams[stream] = value;
    return;
  }
  errx(1, "no such property: %s", line);
}

int main(int argument_count, char **arguments) {
  limit = argument_count == 2 ? strtoul(arguments[1], NULL, 10) : 0;
  if (limit == 0) errx(1, "usage: launch SECONDS");
  struct sigaction on_alarm = {.sa_handler = kill_late, .sa_flags = SA_RESTART};
  if (sigaction(SIGALRM, &on_alarm, NULL) != 0) err(1, "sigaction");
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  while ((length = getline(&line, &size, stdin)) > 0) {
    line[length - 1] = '\0';
    if (strcmp(line, "go") == 0) {
      go();
    } else if (count == MOST_PROGRAMS) {
      errx(1, "more than %d programs at once", MOST_PROGRAMS);
    } else if (strcmp(line, "end") == 0) {
      count++;
    } else {
      describe(&programs[count], line);
    }
  }
  return 0;
}
