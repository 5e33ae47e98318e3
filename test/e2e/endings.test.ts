import { describe, test } from 'vitest';
import { withSandbox } from '../support/use-sandbox.js';
import { endingCases } from './endings.js';
import { verifies } from '../requirements.js';

verifies(
  'relay:ending:client-closes',
  'relay:ending:signal',
  'relay:ending:parent-gone',
  'relay:ending:tree-gone',
  'relay:exit-code:carried',
  'relay:server-gone:answered',
);

/** What runs each time: each ending and each server at least once. All of them: npm run soak. */
const SELECTION = [
  'echo: client closes stdin',
  'echo: client is gone',
  'echo: guard gets SIGTERM',
  'echo: guard gets SIGINT',
  "echo: guard's parent is killed",
  'echo: server exits with 0',
  'echo: server is killed',
  'echo: server closes its stdout',
  'hang: client closes stdin',
  'hang: guard gets SIGHUP, then client closes stdin',
  'hang: server exits with 3',
  'hang: server is killed',
  'hang: server closes its stdout',
  "hang: guard's parent is killed",
  'answers-twice: client closes stdin',
  'answers-unknown-id: guard gets SIGTERM',
  'answers-with-wrong-id-type: client closes stdin',
  'crlf: guard gets SIGINT',
  'deep-answer: client closes stdin',
  'duplicate-id-keys: server exits with 0',
  'floods-stderr: client closes stdin',
  'forks-grandchild: client closes stdin',
  'forks-grandchild: server exits with 0',
  'garbage-lines: server exits with 3',
  'garbled-answer: client closes stdin',
  'huge-line: client closes stdin',
  'ignores-eof: guard gets SIGTERM',
  'ignores-sigterm: client closes stdin',
  'input-required: client closes stdin',
  'list-changes: client closes stdin',
  'list-pages: client closes stdin',
  'modern: client closes stdin',
  'prints-banner: server is killed',
  'result-and-error: client closes stdin',
  'sends-requests: client closes stdin',
  'slow-reader: server closes its stdout',
  'spins: guard gets SIGINT',
  'splits-utf8: guard gets SIGTERM',
  'exit-at-once: by itself',
  'exits-with-3: by itself',
  'crash-on-call: by itself',
  'kills-itself: by itself',
  'half-line-then-exit: by itself',
  'closes-stdout-but-lives: by itself',
];

describe('every request is answered once, the exit code is right and no process stays, whoever ends it', () => {
  const cases = endingCases();
  test.concurrent.each(SELECTION)('%s', { timeout: 60_000 }, async (title) => {
    const found = cases.find((ending) => ending.title === title);
    if (found === undefined) throw new Error('there is no such combination');
    await withSandbox((sandbox) => found.run(sandbox));
  });
});
