import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseMountArguments } from './mount-arguments.ts';
import { mountNfs } from './mount-nfs.ts';
import type { NfsAnswer, NfsQuestion } from './nfs-question.ts';

// Called by the script of `mount-script.ts`: socket of the simulated servers, the real mount(8), the arguments given to mount.
const [socketPath = '', realMount = '', ...args] = process.argv.slice(2);

async function ask(question: NfsQuestion): Promise<NfsAnswer> {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  socket.end(JSON.stringify(question));
  return JSON.parse(await text(socket));
}

const mount = parseMountArguments(args);
const failure = mount === undefined ? 'mount: bad usage' : await mountNfs(mount, { ask, realMount });
if (failure !== undefined) {
  process.stderr.write(`${failure}\n`);
  // mount(8)'s code for a mount that failed.
  process.exitCode = 32;
}
