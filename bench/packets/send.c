/*
 * The network's side of the benchmark of a packet's way: sends frames from a link to a MAC whose owner sends them back.
 *
 *   send LINK MAC trips COUNT        one frame at a time; prints the nanoseconds that each took there and back
 *   send LINK MAC rate MILLISECONDS  as many as go, WINDOW under way at once; prints how many came back a second
 *
 * A frame that does not come back within a second is an error. It waits for them awake: being woken takes longer than
 * any path does.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* An EtherType that IEEE 802 leaves for experiments. */
enum { PROTOCOL = 0x88b5, SHORTEST = 60, WARM_UP = 100 };

/* Below the queue of every link on the way, so that none drops a frame: a tap's holds 500. */
enum { WINDOW = 128 };

struct frame {
  struct ether_header header;
  unsigned char payload[SHORTEST - sizeof(struct ether_header)];
};

static int connection;
static struct frame frame;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void connect_to(const char *link, const char *mac) {
  connection = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, __builtin_bswap16(PROTOCOL));
  if (connection < 0) err(1, "no packet socket");
  struct ifreq request = {0};
  if (strlen(link) >= sizeof request.ifr_name) errx(2, "%s: no name of a link", link);
  strcpy(request.ifr_name, link);
  if (ioctl(connection, SIOCGIFHWADDR, &request) < 0) err(1, "%s", link);
  memcpy(frame.header.ether_shost, request.ifr_hwaddr.sa_data, ETH_ALEN);
  const struct ether_addr *address = ether_aton(mac);
  if (address == NULL) errx(2, "%s: no MAC", mac);
  memcpy(frame.header.ether_dhost, address, ETH_ALEN);
  frame.header.ether_type = __builtin_bswap16(PROTOCOL);
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = __builtin_bswap16(PROTOCOL)};
  place.sll_ifindex = (int)if_nametoindex(link);
  if (bind(connection, (struct sockaddr *)&place, sizeof place) < 0) err(1, "%s", link);
  int on = 1;
  if (setsockopt(connection, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0) err(1, "own frames");
}

static void send_one(void) {
  if (send(connection, &frame, sizeof frame, 0) != sizeof frame) err(1, "send");
}

/* Takes a frame in if there is one, and returns whether there was. */
static int receive_if_any(void) {
  struct frame answer;
  if (recv(connection, &answer, sizeof answer, MSG_DONTWAIT) >= 0) return 1;
  if (errno != EAGAIN) err(1, "receive");
  return 0;
}

static void receive_one(void) {
  long long start = now();
  while (!receive_if_any()) {
    if (now() - start > 1000000000LL) errx(1, "a frame did not come back within a second");
    sched_yield();
  }
}

static long long trip(void) {
  long long start = now();
  send_one();
  receive_one();
  return now() - start;
}

static void measure_rate(long milliseconds) {
  long long start = now(), end = start + milliseconds * 1000000LL, returned = 0;
  int under_way = 0;
  while (now() < end) {
    for (; under_way < WINDOW; under_way++) send_one();
    receive_one();
    int came = 1;
    while (came < under_way && receive_if_any()) came++;
    under_way -= came;
    returned += came;
  }
  printf("%.0f\n", (double)returned * 1e9 / (double)(now() - start));
  for (; under_way > 0; under_way--) receive_one();
}

int main(int argument_count, char **arguments) {
  if (argument_count != 5) errx(2, "usage: send LINK MAC trips COUNT | rate MILLISECONDS");
  connect_to(arguments[1], arguments[2]);
  for (int at = 0; at < WARM_UP; at++) trip();
  long amount = atol(arguments[4]);
  if (strcmp(arguments[3], "rate") == 0) {
    measure_rate(amount);
  } else {
    for (long at = 0; at < amount; at++) printf("%lld\n", trip());
  }
  return 0;
}
