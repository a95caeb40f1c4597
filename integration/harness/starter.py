"""Starts commands for a test process, which is large: it would take ten times as long to start each.

Standard input has requests: three little-endian numbers of 32 bits (a number for the request, the length of its JSON,
the length of the command's input), the JSON, the input. The JSON has `argv`, `env` (null for that of this process),
`cwd`, `host` (the first process of a test host, whose namespaces the command gets) and `hasInput`. Standard output
has an answer for each, in the order in which the commands end: the number of the request, the exit code (-1 after a
signal, 127 if the command cannot be started), the lengths of the command's output and error output, and both. A
command has ended when nobody has its outputs open any more. The end of standard input ends this program, and what it
has started.
"""
import contextlib
import ctypes
import json
import os
import selectors
import struct
import subprocess
import sys

REQUEST, ANSWER = struct.Struct("<III"), struct.Struct("<IiII")
events = selectors.DefaultSelector()
running = {}
setns = ctypes.CDLL(None, use_errno=True).setns
NAMESPACES = 0x00020000 | 0x40000000 | 0x20000000  # CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWPID
own = os.pidfd_open(os.getpid())


def enter(process):
    """Takes over the namespaces of a process, given by its descriptor."""
    if setns(process, NAMESPACES) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def inside(host):
    """Within it, this process starts programs in the namespaces of a test host. `nsenter` takes twice as long."""
    process = os.pidfd_open(host)
    try:
        enter(process)
        try:
            yield
        finally:
            enter(own)
    finally:
        os.close(process)


class Command:
    def __init__(self, number, argv, env, cwd, host, given):
        self.number, self.code, self.given = number, None, memoryview(given or b"")
        self.outputs, self.open = [bytearray(), bytearray()], 0
        given_by = subprocess.DEVNULL if given is None else subprocess.PIPE
        try:
            # Not posix_spawn: in glibc, a program that it starts ignores the signals 32 and 33.
            with inside(host):
                self.process = subprocess.Popen(
                    argv, bufsize=0, stdin=given_by, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=cwd
                )
        except OSError as error:
            return answer(number, 127, b"", f"cannot start {argv[0]}: {error}".encode())
        running[number] = self
        for output, pipe in zip(self.outputs, [self.process.stdout, self.process.stderr]):
            self.wait(pipe, selectors.EVENT_READ, lambda pipe=pipe, output=output: self.hear(pipe, output))
        if given is not None:
            os.set_blocking(self.process.stdin.fileno(), False)
            self.wait(self.process.stdin, selectors.EVENT_WRITE, self.say)
        ended = os.fdopen(os.pidfd_open(self.process.pid), "rb", 0)
        self.wait(ended, selectors.EVENT_READ, lambda: self.reap(ended))

    def wait(self, file, event, then):
        self.open += 1
        events.register(file, event, then)

    def close(self, file):
        events.unregister(file)
        file.close()
        self.open -= 1
        if self.open == 0:
            del running[self.number]
            answer(self.number, self.code, *self.outputs)

    def hear(self, pipe, output):
        data = pipe.read(1 << 16)
        output.extend(data)
        if not data:
            self.close(pipe)

    def say(self):
        try:
            if self.given:
                self.given = self.given[self.process.stdin.write(self.given[: 1 << 16]) :]
        except BrokenPipeError:
            self.given = b""
        if not self.given:
            self.close(self.process.stdin)

    def reap(self, ended):
        self.code = max(-1, self.process.wait())
        self.close(ended)


def answer(number, code, output, errors):
    sys.stdout.buffer.write(ANSWER.pack(number, code, len(output), len(errors)) + output + errors)
    sys.stdout.buffer.flush()


received = bytearray()


def listen():
    data = os.read(0, 1 << 20)
    if not data:
        for command in running.values():
            command.process.terminate()
        sys.exit()
    received.extend(data)
    while len(received) >= REQUEST.size:
        number, length, more = REQUEST.unpack_from(received)
        end = REQUEST.size + length + more
        if len(received) < end:
            break
        asked = json.loads(received[REQUEST.size : REQUEST.size + length])
        text = bytes(received[REQUEST.size + length : end])
        del received[:end]
        given = text if asked["hasInput"] else None
        Command(number, asked["argv"], asked["env"], asked["cwd"], asked["host"], given)


events.register(0, selectors.EVENT_READ, listen)
while True:
    for key, _ in events.select():
        key.data()
