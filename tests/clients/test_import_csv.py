"""The how-to that imports a CSV, step by step as it is written, with curl and Python."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.request

from server import Server

PAGE = pathlib.Path(__file__).parents[2] / "docs/how-to/import-csv.md"
SHOWN = "http://127.0.0.1:8080/api"


class ImportCsv(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        blocks = re.findall(r"^```(\w+) (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
        for language, name, text in blocks:
            text = text.replace(SHOWN, self.server.url)
            if language == "sh":
                self.script = text
            else:
                (self.folder / name).write_text(text, "utf-8")

    def run_script(self):
        # `python3` is the one that runs this test.
        path = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        command = ["sh", "-eu", "-c", self.script]
        return subprocess.run(
            command, cwd=self.folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60
        )

    def count(self):
        with urllib.request.urlopen(f"{self.server.url}/comments?page%5Bcount%5D=true") as answer:
            return json.load(answer)["meta"]["count"]

    def test_the_rows_are_imported(self):
        before = self.count()
        done = self.run_script()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.count() - before, 4)
        self.assertEqual(list(self.folder.glob("chunk-*.json")), [])

    def test_a_chunk_that_is_refused_stays_and_says_why(self):
        header = "article,author,body,likes\n"
        good = "3,ines,One of many,1\n" * 100
        (self.folder / "comments.csv").write_text(f"{header}{good}3,wren,Fine,2\n999,wren,Lost,3\n", "utf-8")
        before = self.count()
        done = self.run_script()
        self.assertIn("/atomic:operations/1/data/relationships/article/data", done.stdout)
        self.assertEqual(self.count() - before, 100)
        self.assertEqual([chunk.name for chunk in self.folder.glob("chunk-*.json")], ["chunk-00001.json"])


if __name__ == "__main__":
    unittest.main()
