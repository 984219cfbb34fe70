#!/usr/bin/env python3
"""on_a_terminal.py ROWS COLUMNS COMMAND [ARGUMENT...]

Runs the command on a terminal of that size, as its controlling terminal. Standard input is what somebody types, standard output what
the screen shows. At the end the last line of standard error tells how the command ended (as in a shell: 128 and the signal), and
whether the terminal echoes and edits lines then.
"""
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios

rows, columns, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
master, slave = pty.openpty()
fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
child = os.fork()
if child == 0:
    os.close(master)
    os.login_tty(slave) if hasattr(os, "login_tty") else (
        os.setsid(),
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0),
        [os.dup2(slave, stream) for stream in (0, 1, 2)],
    )
    # As a login shell starts programs; whoever runs the tests in the background may have these ignored, and a JVM leaves that so.
    for stop in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(stop, signal.SIG_DFL)
    os.execvp(command[0], command)

sources = [master, 0]
status = None
while True:
    ready, _, _ = select.select(sources, [], [], 0 if status is not None else 0.05)
    if 0 in ready:
        typed = os.read(0, 4096)
        if typed:
            os.write(master, typed)
        else:
            sources.remove(0)
    if master in ready:
        os.write(1, os.read(master, 65536))
    elif status is not None:
        break
    if status is None:
        gone, code = os.waitpid(child, os.WNOHANG)
        if gone:
            status = os.waitstatus_to_exitcode(code)
            sources = [master]
modes = termios.tcgetattr(slave)[3]
print(
    "exit", status if status >= 0 else 128 - status,
    "echo", bool(modes & termios.ECHO),
    "lines", bool(modes & termios.ICANON),
    file=sys.stderr,
)
