"""Types a line with a tab in an interactive shell, for each word that is completed, and says what its program got."""
import json, os, pty, select, sys, time

directory, words, setup, *shell = sys.argv[1], json.loads(sys.argv[2]), *sys.argv[3:]
environment = {'PATH': directory + ':/usr/bin:/bin', 'HOME': directory, 'TERM': 'dumb', 'LANG': 'C.UTF-8'}
child, terminal = pty.fork()
if child == 0:
    os.chdir(directory)
    os.execve(shell[0], shell, environment)
shown = b''


def until(happened):
    """Reads what the shell shows, since it would wait otherwise, until something has happened."""
    global shown
    end = time.monotonic() + 20
    while not happened():
        if time.monotonic() > end:
            sys.exit('nothing happened: ' + repr(shown[-500:]))
        if select.select([terminal], [], [], 0.02)[0]:
            shown += os.read(terminal, 65536)


os.write(terminal, (setup + "; echo RE''ADY\n").encode())
until(lambda: b'READY' in shown)
ran = os.path.join(directory, 'ran')
got = []
for word in words:
    with open(os.path.join(directory, 'words'), 'w') as file:
        file.write(word + '\n')
    os.write(terminal, b'dan show o\t\n')
    until(lambda: os.path.exists(ran))
    with open(ran) as file:
        got.append(file.read().split('\0')[:-1])
    os.unlink(ran)
os.write(terminal, b'exit\n')
print(json.dumps(got))
