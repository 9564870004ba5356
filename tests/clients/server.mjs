// Starts Docent on a free port: one server for each test file. It serves the file it is given, else the demo, writable,
// with a database of its own.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

/// The URL of the entry point of a server that ends with the tests.
export async function start(database) {
  const program = process.env.DOCENT;
  if (!program) {
    throw new Error('DOCENT must be the path of the program; `./check` sets it');
  }
  const what = database ? ['serve', database] : ['demo'];
  const server = spawn(program, [...what, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  after(() => server.kill());
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /^Docent listens on (\S+)$/.exec(line);
    if (found) {
      return found[1];
    }
  }
  throw new Error(`${program} ended before it listened`);
}
