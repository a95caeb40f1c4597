// The privileges of the process, and the signals that reach it. docs/privileges.md has the reason for each.
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "host.h"

// The kernel sets AT_SECURE for a setuid or setgid file and for one with capabilities. A security module may set it for
// any file, but then a caller that already is root gains nothing from the file.
bool has_privileges_of_its_file(void) {
  bool is_another = getauxval(AT_UID) != getauxval(AT_EUID) || getauxval(AT_GID) != getauxval(AT_EGID);
  return is_another || (getauxval(AT_UID) != 0 && getauxval(AT_SECURE) != 0);
}

#define SET(capability) (UINT64_C(1) << (capability))
static const uint64_t needed = SET(CAP_DAC_OVERRIDE) | SET(CAP_FOWNER) | SET(CAP_NET_ADMIN) | SET(CAP_SYS_ADMIN) |
                               SET(CAP_SYS_PTRACE);
// For device nodes and their owners.
static const uint64_t needed_by_add = SET(CAP_CHOWN) | SET(CAP_MKNOD);
// A program that a user's command starts may run as another user, and dan may have to kill it.
static const uint64_t needed_by_commands = SET(CAP_KILL);

void keep_needed_capabilities(void) {
  const char *call = getenv("CNI_COMMAND");
  bool is_call = call != NULL && *call != '\0';
  uint64_t kept = needed | (is_call ? 0 : needed_by_commands) | (is_call && strcmp(call, "ADD") != 0 ? 0 : needed_by_add);
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets) == -1) return;
  for (int i = 0; i < 2; i++) {
    sets[i].permitted &= (uint32_t)(kept >> (32 * i));
    sets[i].effective = sets[i].permitted;
    sets[i].inheritable = 0;
  }
  // The kernel always lets a process give capabilities up.
  syscall(SYS_capset, &header, sets);
  // Without this, a program that root starts would get all capabilities of the bounding set. With it, an IPAM plugin
  // and the node's tools have no more than dan. A program that a user's command starts, such as sudo, may need more.
  if (is_call) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

// These have their normal effect. All others stay blocked for ever, instead of ending dan halfway.
static const int heard[] = {SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGABRT, SIGBUS,  SIGFPE, SIGILL,
                            SIGSYS, SIGSEGV, SIGTRAP, SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU};

// A system call, since sigfillset(3) and sigprocmask(3) omit the signals that the C library uses itself.
void block_signals(bool no_others) {
  uint64_t blocked = UINT64_MAX;
  for (size_t i = 0; i < sizeof heard / sizeof *heard; i++) blocked &= ~(UINT64_C(1) << (heard[i] - 1));
  syscall(SYS_rt_sigprocmask, no_others ? SIG_SETMASK : SIG_BLOCK, &blocked, NULL, sizeof blocked);
}
