#!/bin/sh
# First process of the test guest: loads the drivers, then answers commands on the second serial port, in place of
# kata-agent. One request is one line, `<id> <script, base64>`; one answer is one line, `<id> <exit code> <output,
# base64>`. Requests run concurrently, so one that hangs does not block others.
export PATH=/opt/iproute2:/bin:/usr/bin
# busybox's shell would run its own `ip`, whatever PATH says, and that one does not support `onlink`, for example.
iproute2='ip() { /opt/iproute2/ip "$@"; }'
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /tmp /dev/net
mknod /dev/net/tun c 10 200
modprobe -a virtio_pci virtio_net
ip link set lo up

# Duplicate address detection stays on, as Kata's agent leaves it; only its timers are shorter.
echo 200 >/proc/sys/net/ipv6/neigh/default/retrans_time_ms
echo 0 >/proc/sys/net/ipv6/conf/default/router_solicitation_delay

# Starting a process takes hundredths of a second here: this starts few.
answer() {
  script=$(
    base64 -d <<EOF
$2
EOF
  )
  (eval "$iproute2
$script") </dev/null >"/tmp/answer.$1" 2>&1 3<&- 4>&-
  # The shell's own echo writes a line in one piece, so answers to two requests cannot mix.
  echo "$1 $? $(base64 -w 0 "/tmp/answer.$1")" >&4
  rm "/tmp/answer.$1"
}

# When a child of the shell ends while the shell reads, the shell loses what it has read of the line. So this is not the
# first process, which gets every orphan, and it waits for all of its children.
serve() {
  while read -r id script <&3; do (answer "$id" "$script" &); done
}

# Opens the port before the announcement: opening it discards what has arrived before.
stty -F /dev/ttyS1 raw -echo
exec 3</dev/ttyS1 4>/dev/ttyS1
echo "guest is ready after $(cut -d ' ' -f 1 /proc/uptime) s"
serve &
wait $!
poweroff -f
