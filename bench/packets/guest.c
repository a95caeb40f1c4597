/*
 * Stands in for a virtual machine: opens the tap in its argument as a VMM does, and keeps it open. It reads nothing, so
 * a frame is dropped as soon as the tap's queue is full.
 *
 * For each line "MAC COUNT" of its standard input it sends COUNT frames to MAC, and prints the nanoseconds of processor
 * time that each took.
 */
#include "frames.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int open_tap(const char *name) {
  int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (tap < 0) err(1, "/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};
  if (strlen(name) >= sizeof request.ifr_name) errx(2, "%s: no name of a link", name);
  strcpy(request.ifr_name, name);
  if (ioctl(tap, TUNSETIFF, &request) < 0) err(1, "%s", name);
  return tap;
}

int main(int argument_count, char **arguments) {
  if (argument_count != 2) errx(2, "usage: guest TAP");
  int tap = open_tap(arguments[1]);
  puts("ready");
  fflush(stdout);
  char mac[18];
  long count;
  while (scanf("%17s %ld", mac, &count) == 2) {
    struct {
      struct virtio_net_hdr offloads;
      struct frame frame;
    } __attribute__((packed)) output = {.frame = frame_to(mac)};
    long long start = processor_time();
    for (long sent = 0; sent < count; sent++) {
      if (write(tap, &output, sizeof output) != sizeof output) err(1, "write to %s", arguments[1]);
    }
    printf("%.1f\n", (double)(processor_time() - start) / (double)count);
    fflush(stdout);
  }
  return 0;
}
