/* What both ends of a packet's way have in common: the frame, and how its cost is counted. */
#pragma once

#include <err.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <string.h>
#include <time.h>

/* An EtherType that IEEE 802 reserves for experiments: a receiver drops the frame. */
enum { PROTOCOL = 0x88b5, SIZE = 200 };

struct frame {
  struct ether_header header;
  unsigned char payload[SIZE - sizeof(struct ether_header)];
};

/* A frame to a MAC, from a MAC that no interface has. */
static inline struct frame frame_to(const char *mac) {
  struct frame frame = {.header.ether_shost = {0x02, 0, 0, 0, 0, 0x5e}};
  const struct ether_addr *address = ether_aton(mac);
  if (address == NULL) errx(2, "%s: no MAC", mac);
  memcpy(frame.header.ether_dhost, address, ETH_ALEN);
  frame.header.ether_type = __builtin_bswap16(PROTOCOL);
  return frame;
}

/* Nanoseconds that this process has had of a processor, the kernel's work for it included. */
static inline long long processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}
