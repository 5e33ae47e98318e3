import { describe, expect, test } from 'vitest';
import { verifies } from '../requirements.js';
import { eventually } from '../support/eventually.js';
import { asking } from '../support/asking.js';
import { createMemoryChannel, type MemoryChannel } from '../support/memory-channel.js';
import { asked, deskRig, TIMEOUT_MS, told } from './desk-rig.js';

/** Makes these channels unable to deliver. */
function broken(...channels: readonly MemoryChannel[]): void {
  for (const channel of channels) channel.broken = true;
}

describe('a request that a channel cannot deliver', () => {
  verifies('approval:delivery:shown');

  test('says so, and the other channels show it', async () => {
    const { desk, channels, hold, journal, settled } = deskRig();
    broken(channels[0]);
    const { id } = hold(asked('a'));
    await eventually('the report', () => journal.length > 0);
    const shown = channels[1].shown.get(id);
    expect(shown?.undelivered).toEqual([
      { channel: 'one', why: 'the memory channel is broken', at: expect.any(String) },
    ]);
    expect(desk.find(id)).toEqual(shown);
    expect(journal).toEqual([
      {
        event: 'approval-undelivered',
        detail: expect.objectContaining({ channel: 'one', state: 'pending' }),
      },
    ]);
    expect(settled).toEqual([]);
  });

  test('in any channel is denied at once, also where time would let it pass', async () => {
    const { channels, hold, settled, desk } = deskRig();
    broken(...channels);
    hold(asked('a', { onTimeout: 'allow' }));
    await eventually('the end', () => settled.length > 0);
    expect(settled).toEqual(['stopped: expired by null']);
    expect(desk.pending).toBe(0);
  });

  test('has the delegates asked at once; when they cannot be reached either it is denied', async () => {
    const { channels, hold, settled, events } = deskRig();
    broken(channels[0], channels[1]);
    const terms = { escalationMs: 50_000, delegates: ['boss'] };
    const { id } = hold(asked('a', terms));
    await eventually('the delegates', () => channels[2].shown.has(id));
    expect(events().filter((event) => event.startsWith('approval-escalated'))).toHaveLength(1);
    expect(settled).toEqual([]);
    broken(channels[2]);
    hold(asked('b', terms));
    await eventually('the end', () => settled.length > 0);
    expect(settled).toEqual(['stopped: expired by null']);
  });

  test('waits on where one channel shows it, and time runs as before', async () => {
    const { channels, hold, settled, journal, time } = deskRig();
    broken(channels[0]);
    hold(asked('a', { onTimeout: 'allow' }));
    await eventually('the report', () => journal.length > 0);
    time.pass(TIMEOUT_MS);
    expect(settled).toEqual(['passes: expired by null']);
  });

  test('after an answer is recorded and changes nothing', async () => {
    const { channels, hold, answer, settled } = deskRig();
    const request = hold(asked('a'));
    answer(channels[0], request, 'approved');
    await eventually('the end', () => settled.length > 0);
    expect(settled).toEqual(['passes: approved by at one']);
  });
});

const notifying = (name: string): MemoryChannel =>
  Object.assign(createMemoryChannel(name), { notifiesOnly: true });

describe('a channel that only notifies', () => {
  test('cannot hold a call alone, and says what is missing', () => {
    const { approvals } = asking([notifying('one'), notifying('two')]);
    const consulted = approvals.parts?.desk.consult(asked('a'), undefined);
    expect(consulted === undefined ? '' : told(consulted)).toBe(
      'nobody can be asked: one and two can only notify.',
    );
  });

  test('is told beside the others, and its failure denies nothing', async () => {
    const quiet = notifying('one');
    broken(quiet);
    const two = createMemoryChannel('two');
    const { approvals } = asking([quiet, two]);
    const desk = approvals.parts?.desk;
    const consulted = desk?.consult(asked('a'), undefined);
    if (consulted?.kind !== 'ask') throw new Error('nobody is asked');
    const settled: string[] = [];
    desk?.hold(asked('a'), consulted.id, { settled: (id) => void settled.push(id) });
    await eventually('the note', () => two.shown.get(consulted.id)?.undelivered.length === 1);
    expect([settled, desk?.pending]).toEqual([[], 1]);
    desk?.close('the test is over');
  });
});
