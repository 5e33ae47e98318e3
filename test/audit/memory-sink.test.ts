import { describe } from 'vitest';
import { createMemorySink } from './memory-sink.js';
import { describeSink } from './sink.contract.js';

describe('memory sink', () => {
  describeSink(() => {
    const sink = createMemorySink();
    return {
      sink,
      recorded: () => sink.lines.join(''),
      breakWrites(broken) {
        sink.broken = broken;
      },
      cleanUp: () => undefined,
    };
  });
});
