/*
 * Stands in for a virtual machine: opens the tap named by its argument as a hypervisor does, and sends every frame of
 * the benchmark's own protocol back to where it came from. Other frames are read and dropped.
 *
 * For a while after a frame it asks for the next one again and again: falling asleep and being woken takes the kernel
 * longer than any path does, and would hide how they differ.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* An EtherType that IEEE 802 leaves for experiments. */
enum { PROTOCOL = 0x88b5, AWAKE_NANOSECONDS = 2000000 };

struct frame {
  struct virtio_net_hdr offloads;
  struct ether_header header;
  unsigned char payload[65536];
} __attribute__((packed));

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static ssize_t read_one(int tap, struct frame *frame) {
  long long asleep = now() + AWAKE_NANOSECONDS;
  for (;;) {
    ssize_t length = read(tap, frame, sizeof *frame);
    if (length >= 0 || errno != EAGAIN) return length;
    if (now() < asleep) {
      sched_yield();
      continue;
    }
    struct pollfd wanted = {.fd = tap, .events = POLLIN};
    if (poll(&wanted, 1, -1) < 0) return -1;
  }
}

int main(int argument_count, char **arguments) {
  if (argument_count != 2) errx(2, "usage: reflect TAP");
  int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (tap < 0) err(1, "/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  if (strlen(arguments[1]) >= sizeof request.ifr_name) errx(2, "%s: no name of a link", arguments[1]);
  strcpy(request.ifr_name, arguments[1]);
  if (ioctl(tap, TUNSETIFF, &request) < 0) err(1, "%s", arguments[1]);
  puts("ready");
  fflush(stdout);
  static struct frame frame;
  for (;;) {
    ssize_t length = read_one(tap, &frame);
    if (length < 0) err(1, "read from %s", arguments[1]);
    if (frame.header.ether_type != __builtin_bswap16(PROTOCOL)) continue;
    unsigned char sender[ETH_ALEN];
    memcpy(sender, frame.header.ether_shost, ETH_ALEN);
    memcpy(frame.header.ether_shost, frame.header.ether_dhost, ETH_ALEN);
    memcpy(frame.header.ether_dhost, sender, ETH_ALEN);
    memset(&frame.offloads, 0, sizeof frame.offloads);
    if (write(tap, &frame, (size_t)length) != length) err(1, "write to %s", arguments[1]);
  }
}
