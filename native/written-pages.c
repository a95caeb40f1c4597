// A tool of the build: runs a program, and reports which pages of two memory ranges it wrote, from /proc/PID/pagemap at
// its end. written-pages OUTPUT START LENGTH START LENGTH PROGRAM
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 7) return 2;
  pid_t pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execl(words[6], words[6], NULL);
    _exit(127);
  }
  int status;
  if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) return 1;
  ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
  for (int signal = 0;; signal = WSTOPSIG(status)) {
    ptrace(PTRACE_CONT, pid, 0, signal);
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) return 1;
    if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8)) break;
  }
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/pagemap", pid);
  int pages = open(path, O_RDONLY);
  FILE *output = fopen(words[1], "w");
  if (pages == -1 || output == NULL) return 1;
  for (int range = 0; range < 2; range++) {
    uint64_t start = strtoull(words[2 + 2 * range], NULL, 0) / 4096, length = strtoull(words[3 + 2 * range], NULL, 0) / 4096;
    for (uint64_t page = 0; page < length; page++) {
      uint64_t entry;
      if (pread(pages, &entry, 8, (off_t)((start + page) * 8)) != 8) return 1;
      // Bit 63: present. Bit 61: still a page of the file, so that nothing was written to it.
      if (entry >> 63 && !(entry >> 61 & 1)) fprintf(output, "%d %llu\n", range, (unsigned long long)page);
    }
  }
  fclose(output);
  ptrace(PTRACE_CONT, pid, 0, 0);
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
