"""Stands between dan and a monitor of QEMU, machine protocol or human monitor, and disturbs one command.

Usage: monitor-between.py SOCKET REAL FAULT SEEN. It listens on SOCKET, and passes on to REAL, with descriptors. The file FAULT holds
"NUMBER HOW": the command of that number (the first is 1) is disturbed, and the file goes. The names of all commands are added to
the file SEEN.
"""
import array
import json
import os
import select
import socket
import sys

path, real, fault_file, seen_file = sys.argv[1:]
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen(5)
number = 0
fault = None
is_gone = False
print("ready", flush=True)


def name_of(line):
    """What a command is called."""
    if line.startswith(b"{"):
        return json.loads(line)["execute"]
    words = line.decode().split()
    return " ".join(words[:2]) if words[0] in ("info", "qom-list") else words[0]


def fault_of():
    """How this command is to be disturbed. Numbers begin anew with each fault."""
    global number, fault
    before, fault = fault, open(fault_file).read() if os.path.exists(fault_file) else None
    number = 1 if fault != before else number + 1
    if fault is None or number != int(fault.split()[0]):
        return None
    how, fault = fault.split()[1], None
    os.unlink(fault_file)
    return how


def refusal(line):
    if line.startswith(b"{"):
        return b'{"error": {"class": "GenericError", "desc": "not now"}}\r\n'
    return line.rstrip() + b"\r\nError: not now\r\n(qemu) "


def is_whole(answer):
    return answer.endswith(b"(qemu) ") or b'"return"' in answer or b'"error"' in answer


def until_answer(upstream):
    answer = b""
    while not is_whole(answer):
        piece = upstream.recv(65536)
        if not piece:
            return
        answer += piece


def pass_on(upstream, line, fds):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    upstream.sendmsg([line], rights)


def serve(client, upstream):
    """Passes on until one of both ends, or a fault does."""
    global is_gone
    begun, fds, is_mute = b"", [], False
    while True:
        for ready in select.select([client, upstream], [], [])[0]:
            if ready is upstream:
                answer = upstream.recv(65536)
                if not answer:
                    return
                if not is_mute:
                    client.sendall(answer)
                continue
            piece, ancillary, _, _ = client.recvmsg(65536, 4096)
            for _, _, data in ancillary:
                fds += array.array("i", data)
            if not piece:
                return
            if is_mute:
                continue
            begun += piece
            while b"\n" in begun:
                line, begun = begun.split(b"\n", 1)
                line += b"\n"
                with open(seen_file, "a") as file:
                    file.write(name_of(line) + "\n")
                how = fault_of()
                if how is None or how.endswith("-after"):
                    pass_on(upstream, line, fds)
                for fd in fds:
                    os.close(fd)
                fds = []
                if how == "refuse":
                    client.sendall(refusal(line))
                elif how in ("close", "gone"):
                    is_gone = how == "gone"
                    return
                elif how == "close-after":
                    until_answer(upstream)
                    return
                elif how in ("hang", "hang-after"):
                    is_mute = True
                elif how == "garbage":
                    is_mute = True
                    client.sendall(b"garbage\r\n(qemu) ")
                elif how == "garbage-after":
                    until_answer(upstream)
                    is_mute = True
                    client.sendall(b"garbage\r\n(qemu) ")


while True:
    connection, _ = server.accept()
    with connection:
        # A machine that has ended is back when the test says so, with a file that has no fault.
        is_gone = is_gone and not os.path.exists(fault_file)
        if not is_gone:
            with socket.socket(socket.AF_UNIX) as upstream:
                upstream.connect(real)
                try:
                    serve(connection, upstream)
                except (BrokenPipeError, ConnectionResetError):
                    pass
