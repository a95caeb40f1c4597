// System calls on files.
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "arguments.h"
#include "calls.h"

// A path without a directory has AT_FDCWD. In an open directory, openat does not follow a symbolic link. O_NOFOLLOW is
// set here because its number differs between processors.
CALL(openat) {
  INT(0, directory) TEXT(1, path) INT(2, flags) UINT(3, mode)
  int follow = directory == AT_FDCWD ? 0 : O_NOFOLLOW;
  ANSWER(openat(directory, path, flags | follow | O_CLOEXEC, mode));
}

// Not repeated after EINTR: Linux has closed the file by then.
CALL(close) {
  INT(0, file)
  return JS_NewInt32(js, close(file) == -1 && errno != EINTR ? -errno : 0);
}

CALL(read) {
  INT(0, file) BYTES(1, into)
  ANSWER(read(file, into, into_length));
}

CALL(write) {
  INT(0, file) BYTES(1, bytes)
  ANSWER(write(file, bytes, bytes_length));
}

CALL(fsync) {
  INT(0, file)
  ANSWER(fsync(file));
}

static JSValue status(JSContext *js, int answer, const struct stat *of) {
  if (answer == -1) return JS_NewInt32(js, -errno);
  const int64_t fields[] = {of->st_mode, of->st_uid, of->st_gid, of->st_dev, of->st_ino, of->st_rdev, of->st_size, of->st_mtim.tv_sec, of->st_nlink};
  JSValue values[sizeof fields / sizeof *fields];
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) values[i] = JS_NewInt64(js, fields[i]);
  return JS_NewArrayFrom(js, sizeof fields / sizeof *fields, values);
}

CALL(fstat) {
  INT(0, file)
  struct stat found;
  return status(js, fstat(file, &found), &found);
}

CALL(fstatat) {
  INT(0, directory) TEXT(1, path) INT(2, flags)
  struct stat found;
  return status(js, fstatat(directory, path, &found, flags), &found);
}

CALL(access) {
  TEXT(0, path) INT(1, mode)
  ANSWER(access(path, mode));
}

CALL(readdir) {
  TEXT(0, path)
  DIR *directory = opendir(path);
  if (directory == NULL) return JS_NewInt32(js, -errno);
  JSValue names = JS_NewArray(js);
  struct dirent *entry;
  uint32_t at = 0;
  while (errno = 0, (entry = readdir(directory)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (JS_SetPropertyUint32(js, names, at++, JS_NewString(js, entry->d_name)) < 0) break;
  }
  int failure = errno;
  closedir(directory);
  if (!JS_HasException(js) && failure == 0) return names;
  JS_FreeValue(js, names);
  return JS_HasException(js) ? JS_EXCEPTION : JS_NewInt32(js, -failure);
}

CALL(readlinkat) {
  INT(0, directory) TEXT(1, path)
  char target[PATH_MAX];
  ssize_t length = readlinkat(directory, path, target, sizeof target);
  return length == -1 ? JS_NewInt32(js, -errno) : JS_NewStringLen(js, target, (size_t)length);
}

CALL(realpath) {
  TEXT(0, path)
  char whole[PATH_MAX];
  ANSWER_TEXT(realpath(path, whole));
}

CALL(umask) {
  UINT(0, mask)
  return JS_NewInt32(js, (int)umask(mask));
}

CALL(mkdirat) {
  INT(0, directory) TEXT(1, path) UINT(2, mode)
  ANSWER(mkdirat(directory, path, mode));
}

CALL(unlinkat) {
  INT(0, directory) TEXT(1, path) INT(2, flags)
  ANSWER(unlinkat(directory, path, flags));
}

CALL(renameat) {
  INT(0, from_directory) TEXT(1, from) INT(2, to_directory) TEXT(3, to)
  ANSWER(renameat(from_directory, from, to_directory, to));
}

CALL(chmod) {
  TEXT(0, path) UINT(1, mode)
  ANSWER(chmod(path, mode));
}

CALL(fchmod) {
  INT(0, file) UINT(1, mode)
  ANSWER(fchmod(file, mode));
}

CALL(chown) {
  TEXT(0, path) UINT(1, user) UINT(2, group)
  ANSWER(chown(path, user, group));
}

CALL(mknod) {
  TEXT(0, path) UINT(1, mode) UINT(2, major) UINT(3, minor)
  ANSWER(mknod(path, mode, makedev(major, minor)));
}

CALL(flock) {
  INT(0, file) INT(1, operation)
  ANSWER(flock(file, operation));
}

CALL(isatty) {
  INT(0, file)
  return JS_NewInt32(js, isatty(file));
}

CALL(mount) {
  TEXT(0, source) TEXT(1, target) TEXT(2, type) UINT(3, flags) TEXT(4, data)
  ANSWER(mount(source, target, type, flags, data));
}

// fsopen(2), fsconfig(2) with FSCONFIG_CMD_CREATE, and fsmount(2), which not every C library has.
CALL(fsmount) {
  TEXT(0, type)
  long context = syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */);
  if (context == -1) return JS_NewInt32(js, -errno);
  long made = syscall(SYS_fsconfig, context, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
  long directory = made == -1 ? -1 : syscall(SYS_fsmount, context, 1 /* FSMOUNT_CLOEXEC */, 0);
  int failure = errno;
  close((int)context);
  return JS_NewInt64(js, directory == -1 ? -failure : directory);
}

static const JSCFunctionListEntry table[] = {
    ENTRY(openat, 4),   ENTRY(close, 1),    ENTRY(read, 2),     ENTRY(write, 2),     ENTRY(fsync, 1),   ENTRY(fstat, 1),
    ENTRY(fstatat, 3),  ENTRY(access, 2),   ENTRY(readdir, 1),  ENTRY(readlinkat, 2), ENTRY(realpath, 1), ENTRY(umask, 1),
    ENTRY(mkdirat, 3),  ENTRY(unlinkat, 3), ENTRY(renameat, 4), ENTRY(chmod, 2),     ENTRY(fchmod, 2),  ENTRY(chown, 3),
    ENTRY(mknod, 4),    ENTRY(flock, 2),    ENTRY(isatty, 1),   ENTRY(mount, 5),     ENTRY(fsmount, 1),
};
CALLS(file_calls, table);
