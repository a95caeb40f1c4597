/*
 * The network's side of the packet benchmark.
 *
 *   send LINK MAC COUNT sends COUNT frames to MAC; prints the nanoseconds of processor time that each took
 *
 * The kernel carries a frame all the way to the tap in the sender's time. Nothing reads the tap: a reader costs more
 * than the path, and the same for every path.
 */
#define _GNU_SOURCE
#include "frames.h"

#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { BATCH = 64 };

static int connect_to(const char *link) {
  /* Protocol 0: the socket receives nothing. */
  int connection = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (connection < 0) err(1, "no packet socket");
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(link)};
  if (bind(connection, (struct sockaddr *)&place, sizeof place) < 0) err(1, "%s", link);
  int on = 1;
  if (setsockopt(connection, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on) < 0) err(1, "past the queue of %s", link);
  return connection;
}

int main(int argument_count, char **arguments) {
  if (argument_count != 4) errx(2, "usage: send LINK MAC COUNT");
  int connection = connect_to(arguments[1]);
  struct frame frame = frame_to(arguments[2]);
  struct iovec content = {.iov_base = &frame, .iov_len = sizeof frame};
  struct mmsghdr messages[BATCH] = {0};
  for (int at = 0; at < BATCH; at++) {
    messages[at].msg_hdr.msg_iov = &content;
    messages[at].msg_hdr.msg_iovlen = 1;
  }
  long count = atol(arguments[3]), sent = 0;
  long long start = processor_time();
  while (sent < count) {
    int now = sendmmsg(connection, messages, BATCH, 0);
    if (now < 0) err(1, "send");
    sent += now;
  }
  printf("%.1f\n", (double)(processor_time() - start) / (double)sent);
  return 0;
}
