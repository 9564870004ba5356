"""Starts `docent demo`, writable, on a free port: one server for each test class, with a database of its own."""

import os
import subprocess


class Server:
    """A server that ends with `stop`; `url` is its entry point."""

    def __init__(self):
        program = os.environ.get("DOCENT")
        if not program:
            raise RuntimeError("DOCENT must be the path of the program; `./check` sets it")
        command = [program, "demo", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.process.stdout.readline()
        if not line.startswith("Docent listens on "):
            raise RuntimeError(f"{program} did not start: {line!r}")
        self.url = line.split()[-1]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
