"""Starts commands for a test process, which is large: it would take ten times as long to start each.

Standard input has requests: three little-endian numbers of 32 bits (a number for the request, the length of its JSON, the
length of the command's input), the JSON, the input. The JSON has `argv`, `env` (null for that of this process) and
`hasInput`. Standard output has an answer for each, in the order in which the commands end: the number of the request, the
exit code (-1 after a signal), the lengths of the command's output and error output, and both. A command has ended when
nobody has its outputs open any more. The end of standard input ends this program, and what it has started.
"""
import fcntl
import json
import os
import selectors
import signal
import struct
import sys

REQUEST, ANSWER = struct.Struct("<III"), struct.Struct("<IiII")
# Python ignores these, and what it starts would, too.
DEFAULTS = [signal.SIGPIPE, signal.SIGXFSZ]
events = selectors.DefaultSelector()
nothing = os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
running = {}


class Command:
    def __init__(self, number, argv, env, given):
        self.number, self.code, self.given = number, None, memoryview(given or b"")
        self.outputs, self.open = [bytearray(), bytearray()], 0
        pipes = [os.pipe2(os.O_CLOEXEC) for _ in range(2 if given is None else 3)]
        theirs = [nothing if given is None else pipes[2][0], pipes[0][1], pipes[1][1]]
        actions = [(os.POSIX_SPAWN_DUP2, fd, at) for at, fd in enumerate(theirs)]
        mine = [pipes[0][0], pipes[1][0]] + ([] if given is None else [pipes[2][1]])
        try:
            self.pid = os.posix_spawnp(
                argv[0], argv, os.environ if env is None else env, file_actions=actions, setsigdef=DEFAULTS
            )
        except OSError as error:
            for fd in mine:
                os.close(fd)
            return answer(number, -1, b"", str(error).encode())
        finally:
            for fd in theirs:
                if fd != nothing:
                    os.close(fd)
        running[self.pid] = self
        for output, fd in zip(self.outputs, mine):
            self.wait(fd, selectors.EVENT_READ, lambda fd=fd, output=output: self.hear(fd, output))
        if given is not None:
            fcntl.fcntl(mine[2], fcntl.F_SETFL, os.O_NONBLOCK)
            self.wait(mine[2], selectors.EVENT_WRITE, lambda: self.say(mine[2]))
        process = os.pidfd_open(self.pid)
        self.wait(process, selectors.EVENT_READ, lambda: self.reap(process))

    def wait(self, fd, event, then):
        self.open += 1
        events.register(fd, event, then)

    def close(self, fd):
        events.unregister(fd)
        os.close(fd)
        self.open -= 1
        if self.open == 0:
            answer(self.number, self.code, *self.outputs)

    def hear(self, fd, output):
        data = os.read(fd, 1 << 16)
        output.extend(data)
        if not data:
            self.close(fd)

    def say(self, fd):
        try:
            self.given = self.given[os.write(fd, self.given[: 1 << 16]) :] if self.given else self.given
        except BrokenPipeError:
            self.given = b""
        if not self.given:
            self.close(fd)

    def reap(self, fd):
        self.code = max(-1, os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]))
        del running[self.pid]
        self.close(fd)


def answer(number, code, output, errors):
    sys.stdout.buffer.write(ANSWER.pack(number, code, len(output), len(errors)) + output + errors)
    sys.stdout.buffer.flush()


received = bytearray()


def listen():
    data = os.read(0, 1 << 20)
    if not data:
        for pid in running:
            os.kill(pid, signal.SIGTERM)
        sys.exit()
    received.extend(data)
    while len(received) >= REQUEST.size:
        number, length, given = REQUEST.unpack_from(received)
        end = REQUEST.size + length + given
        if len(received) < end:
            break
        asked = json.loads(received[REQUEST.size : REQUEST.size + length])
        text = bytes(received[REQUEST.size + length : end])
        del received[:end]
        Command(number, asked["argv"], asked["env"], text if asked["hasInput"] else None)


events.register(0, selectors.EVENT_READ, listen)
while True:
    for key, _ in events.select():
        key.data()
