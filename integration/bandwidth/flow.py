"""
What the rate of an interface is, measured between a tap's end, where the virtual machine is, and a cable of the network.

  flow.py to|from TAP LINK MAC BITS SECONDS MTU

"to" sends frames into LINK to MAC, and counts what can be read at TAP. "from" writes frames to TAP, to the MAC of a link that
LINK leads to, and counts what comes in by LINK. Frames are offered at twice BITS a second. What comes in the first second
is not counted: a burst passes whatever the rate. Prints the bits a second that arrived.

A TAP in another namespace is "NETNS:NAME", and "NETNS:PATH" for the node of a macvtap there.

With "-" for a tap, nothing is counted: there is no tap, and somebody else counts. The frames are IPv4 from 192.0.2.1 to
192.0.2.2, which a guest that forwards sends back.
"""
import ctypes, fcntl, os, select, signal, socket, struct, sys, time

direction, tap, link, mac, bits, seconds, mtu = sys.argv[1:]
TUNSETIFF, IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x400454CA, 0x2, 0x1000, 0x4000
HEADER, SIZE, WARM_UP = 10, int(mtu) + 14, 1.0

if tap != '-':
    netns, _, name = tap.rpartition(':')
    here = os.open('/proc/self/ns/net', os.O_RDONLY)
    enter = ctypes.CDLL(None).setns
    if netns:
        enter(os.open(netns, os.O_RDONLY), 0)
    node, name = (name, '') if '/' in name else ('/dev/net/tun', name)
    end = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI | IFF_VNET_HDR))
    enter(here, 0)
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
wire.bind((link, 0))
addresses = bytes.fromhex(mac.replace(':', '')) + b'\2\0\0\0\0\x5e'
if tap == '-':
    ends = bytes([192, 0, 2, 1, 192, 0, 2, 2])
    words = struct.pack('>BBHHHBBH', 0x45, 0, SIZE - 14, 0, 0, 64, 253, 0) + ends
    total = sum(struct.unpack('>10H', words))
    total = (total & 0xFFFF) + (total >> 16)
    frame = addresses + b'\x08\0' + words[:10] + struct.pack('>H', ~total & 0xFFFF) + ends + bytes(SIZE - 34)
else:
    frame = addresses + b'\x88\xb5' + bytes(SIZE - 14)


def offer(send):
    """Sends frames until it is killed, no faster than twice the rate."""
    start, sent, pause = time.monotonic(), 0, SIZE * 8 / (2 * float(bits))
    while True:
        due = min(int((time.monotonic() - start) / pause), sent + 64)
        if due <= sent:
            time.sleep(min(pause, 0.001))
        while sent < due:
            try:
                send(frame)
            except OSError:
                pass
            sent += 1


def rate(count):
    """The bits a second between two readings of a counter of bytes."""
    time.sleep(WARM_UP)
    first, start = count(), time.monotonic()
    time.sleep(float(seconds))
    last, stop = count(), time.monotonic()
    return (last - first) * 8 / (stop - start)


def read_all():
    """The same where the bytes have to be read."""
    total, first, start = 0, None, time.monotonic()
    while (now := time.monotonic()) < start + WARM_UP + float(seconds):
        if first is None and now >= start + WARM_UP:
            first, begun = total, now
        if select.select([end], [], [], 0.01)[0]:
            for _ in range(64):
                try:
                    total += len(os.read(end, 65600)) - HEADER
                except BlockingIOError:
                    break
    return (total - first) * 8 / (now - begun)


child = os.fork()
if child == 0:
    offer(wire.send if direction == 'to' else lambda one: os.write(end, bytes(HEADER) + one))
if tap == '-':
    time.sleep(WARM_UP + float(seconds))
    os.kill(child, signal.SIGKILL)
    sys.exit()
counter = f'/sys/class/net/{link}/statistics/rx_bytes'
result = read_all() if direction == 'to' else rate(lambda: int(open(counter).read()))
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
print(round(result))
