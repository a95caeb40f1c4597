"""Stands in for Cloud Hypervisor: its API, as far as network cards go, and a guest that answers ARP and ping on each card.

Usage: cloud-hypervisor.py --api-socket SOCKET GUEST_ADDRESS SECONDS, of which the last is how long the guest takes to let go of a card. It ends
with its standard input; a line there has it close the taps, and keep their cards.
"""
import array
import json
import os
import select
import socket
import struct
import sys
import time

path, address, seconds = sys.argv[2], socket.inet_aton(sys.argv[3]), float(sys.argv[4])
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen(5)
clients, cards, leaving = [], {}, {}
HEADER = 10  # bytes of struct virtio_net_hdr before each frame, without mergeable buffers


def answer(connection, status, value=None):
    body = b"" if value is None else json.dumps(value).encode()
    length = b"" if value is None else b"Content-Length: %d\r\n" % len(body)
    kind = b"Content-Type: application/json\r\n"
    head = b"HTTP/1.1 %d \r\nServer: Cloud Hypervisor API\r\nConnection: keep-alive\r\n" % status
    connection.sendall(head + kind + length + b"\r\n" + body)


def let_go():
    for id in [id for id, end in leaving.items() if time.monotonic() > end]:
        del leaving[id]
        for fd in cards.pop(id)["fds"]:
            os.close(fd)


def taps():
    return {fd: card["mac"] for card in cards.values() for fd in card["fds"]}


def tree():
    nodes = {"_net2": {"id": "_net2", "children": [], "pci_bdf": None}}
    for id, card in cards.items():
        nodes["_virtio-pci-" + id] = {"id": "_virtio-pci-" + id, "children": [id], "pci_bdf": card["bdf"]}
        nodes[id] = {"id": id, "children": [], "pci_bdf": None}
    return nodes


def add(connection, asked, fds):
    refusal = None
    if asked["id"] in cards:
        refusal = "The device identifier is in use"
    elif len(fds) * 2 != asked["num_queues"]:
        refusal = "Number of queues does not match the file descriptors"
    elif asked["mac"] == "02:00:00:00:00:ff":
        refusal = "Cannot add the device"
    if refusal:
        for fd in fds:
            os.close(fd)
        return answer(connection, 500, ["Error from API", refusal])
    slot = next(n for n in range(6, 32) if all(card["slot"] != n for card in cards.values()))
    mac = bytes.fromhex(asked["mac"].replace(":", ""))
    cards[asked["id"]] = {"bdf": "0000:00:%02x.0" % slot, "slot": slot, "fds": fds, "mac": mac}
    answer(connection, 200, {"id": asked["id"], "bdf": cards[asked["id"]]["bdf"]})


def serve(connection):
    message, rights, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(64 * 4))
    if not message:
        clients.remove(connection)
        return connection.close()
    fds = array.array("i")
    for _, _, data in rights:
        fds.frombytes(data)
    head, body = message.split(b"\r\n\r\n", 1)
    line = head.split(b"\r\n")[0].decode()
    if line == "GET /api/v1/vm.info HTTP/1.1":
        answer(connection, 200, {"config": {}, "state": "Running", "device_tree": tree()})
    elif line == "PUT /api/v1/vm.add-net HTTP/1.1":
        add(connection, json.loads(body), list(fds))
    elif line == "PUT /api/v1/vm.remove-device HTTP/1.1":
        id = json.loads(body)["id"]
        if id not in tree():
            return answer(connection, 404)
        leaving.setdefault(id, time.monotonic() + seconds)
        answer(connection, 204)
    else:
        answer(connection, 404)


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(fd, mac):
    data = os.read(fd, 65536)
    header, there, kind, rest = bytes(HEADER), data[HEADER + 6 : HEADER + 12], data[HEADER + 12 : HEADER + 14], data[HEADER + 14 :]
    if kind == b"\x08\x06" and rest[6:8] == b"\0\1" and rest[24:28] == address:
        reply = rest[:6] + b"\0\2" + mac + address + rest[8:18]
        os.write(fd, header + there + mac + kind + reply)
    elif kind == b"\x08\0" and rest[9] == 1 and rest[16:20] == address and rest[20] == 8:
        length = struct.unpack("!H", rest[2:4])[0]
        echo = b"\0\0\0\0" + rest[24:length]
        echo = echo[:2] + struct.pack("!H", checksum(echo + b"\0" * (len(echo) % 2))) + echo[4:]
        os.write(fd, header + there + mac + kind + rest[:12] + address + rest[12:16] + echo)


print("ready", flush=True)
while True:
    readable = select.select([sys.stdin, server, *clients, *taps()], [], [])[0]
    let_go()
    # A tap that was let go may be among those that have a frame.
    macs = taps()
    for ready in readable:
        if ready is sys.stdin:
            if not os.read(0, 100):
                sys.exit()
            for card in cards.values():
                while card["fds"]:
                    os.close(card["fds"].pop())
            print("closed", flush=True)
            break
        if ready is server:
            clients.append(server.accept()[0])
        elif isinstance(ready, socket.socket):
            serve(ready)
        elif ready in macs:
            frame(ready, macs[ready])
