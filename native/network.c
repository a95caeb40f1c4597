// System calls on sockets, network devices and namespaces.
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "arguments.h"
#include "calls.h"

CALL(socket) {
  INT(0, family) INT(1, kind) INT(2, protocol)
  ANSWER(socket(family, kind | SOCK_CLOEXEC, protocol));
}

CALL(connect) {
  INT(0, socket) BYTES(1, address)
  ANSWER(connect(socket, (const struct sockaddr *)address, (socklen_t)address_length));
}

CALL(bind) {
  INT(0, socket) BYTES(1, address)
  ANSWER(bind(socket, (const struct sockaddr *)address, (socklen_t)address_length));
}

CALL(listen) {
  INT(0, socket) INT(1, waiting)
  ANSWER(listen(socket, waiting));
}

// The caller does not need the peer's address.
CALL(accept4) {
  INT(0, socket) INT(1, flags)
  ANSWER(accept4(socket, NULL, NULL, flags | SOCK_CLOEXEC));
}

CALL(getsockname) {
  INT(0, socket) BYTES(1, into)
  socklen_t length = (socklen_t)into_length;
  ANSWER(getsockname(socket, (struct sockaddr *)into, &length));
}

CALL(shutdown) {
  INT(0, socket) INT(1, how)
  ANSWER(shutdown(socket, how));
}

CALL(setsockopt) {
  INT(0, socket) INT(1, level) INT(2, option) BYTES(3, value)
  ANSWER(setsockopt(socket, level, option, value, (socklen_t)value_length));
}

CALL(getsockopt) {
  INT(0, socket) INT(1, level) INT(2, option) BYTES(3, into)
  socklen_t length = (socklen_t)into_length;
  ANSWER(getsockopt(socket, level, option, into, &length));
}

CALL(send) {
  INT(0, socket) BYTES(1, message) INT(2, flags)
  ANSWER(send(socket, message, message_length, flags));
}

// The files are sent as copies (SCM_RIGHTS of unix(7)); the kernel accepts at most 253 (SCM_MAX_FD).
CALL(sendmsg) {
  enum { most = 253 };
  INT(0, socket) INT(3, flags)
  int files[most];
  int count_of_files = numbers_of(js, given[2], 0, most, files);
  if (count_of_files < 0) return JS_EXCEPTION;
  // Taken only after the array was read: an array may have getters, which run JavaScript.
  BYTES(1, message)
  // gcc 12, with which --sanitize builds, does not know alignas.
  _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof files)] = {0};
  const size_t length = (size_t)count_of_files * sizeof files[0];
  struct iovec part = {message, message_length};
  struct msghdr whole = {.msg_iov = &part, .msg_iovlen = 1};
  if (length > 0) {
    whole.msg_control = control;
    whole.msg_controllen = CMSG_SPACE(length);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&whole);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(length);
    memcpy(CMSG_DATA(rights), files, length);
  }
  ANSWER(sendmsg(socket, &whole, flags));
}

CALL(recv) {
  INT(0, socket) BYTES(1, into) INT(2, flags)
  ANSWER(recv(socket, into, into_length, flags));
}

// The request number encodes how many bytes of the argument the kernel may read or write (_IOC_SIZE of linux/ioctl.h).
// Some requests encode a single int although they use a struct ifreq (such as TUNSETIFF), so the argument must have at
// least the size of a whole struct ifreq.
CALL(ioctl) {
  INT(0, file) UINT(1, request)
  if (JS_IsNumber(given[2])) {
    UINT(2, argument)
    ANSWER(ioctl(file, (int)request, (unsigned long)argument));
  }
  BYTES(2, argument)
  const size_t ifreq = 40;
  if (argument_length < ifreq || argument_length < (request >> 16 & 0x3fff))
    return JS_ThrowTypeError(js, "argument 2 is too short");
  ANSWER(ioctl(file, (int)request, argument));
}

CALL(setns) {
  INT(0, namespace) INT(1, kind)
  ANSWER(setns(namespace, kind));
}

static const JSCFunctionListEntry table[] = {
    ENTRY(socket, 3),     ENTRY(connect, 2),     ENTRY(bind, 2),     ENTRY(listen, 2),     ENTRY(accept4, 2),
    ENTRY(getsockname, 2), ENTRY(shutdown, 2),   ENTRY(setsockopt, 4), ENTRY(getsockopt, 4), ENTRY(send, 3),
    ENTRY(sendmsg, 4),    ENTRY(recv, 3),        ENTRY(ioctl, 3),    ENTRY(setns, 2),
};
CALLS(network_calls, table);
