import { Box, Text, useStdin } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { Clock } from '../platform/clock.js';
import { createKeyReader } from './key-reader.js';
import type { Line, Tone } from './line.js';
import type { ScreenModel } from './screen-model.js';

const COLORS: Readonly<
  Record<
    Tone,
    {
      readonly color?: string;
      readonly bold?: boolean;
      readonly dimColor?: boolean;
      readonly inverse?: boolean;
    }
  >
> = {
  plain: {},
  dim: { dimColor: true },
  heading: { bold: true },
  warning: { color: 'yellow' },
  added: { color: 'green' },
  removed: { color: 'red' },
  good: { color: 'green' },
  bad: { color: 'red', bold: true },
  selected: { inverse: true },
};

/** How often the countdowns are looked at. */
const TICK_MS = 1000;

interface ScreenProps {
  readonly model: ScreenModel;
  readonly clock: Clock;
  readonly colors: boolean;
}

/** The approvals screen: the model's lines, and the keys of the terminal for the model. */
export function Screen({ model, clock, colors }: ScreenProps): ReactNode {
  const lines = useSyncExternalStore(model.onChange, model.lines);
  useKeys(model, clock);
  useEffect(() => {
    const timer = setInterval(() => model.refresh(), TICK_MS);
    return () => clearInterval(timer);
  }, [model]);
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a line is its place on the screen
        <ScreenLine key={index} line={line} colors={colors} />
      ))}
    </Box>
  );
}

function ScreenLine({ line, colors }: { readonly line: Line; readonly colors: boolean }): ReactNode {
  // A line without text would have no height.
  return (
    <Text wrap="truncate-end" {...(colors ? COLORS[line.tone] : {})}>
      {line.text === '' ? ' ' : line.text}
    </Text>
  );
}

/** Reads keys past Ink, whose reader would take a terminal's answers for typing. */
function useKeys(model: ScreenModel, clock: Clock): void {
  const { stdin } = useStdin();
  useEffect(() => {
    const reader = createKeyReader(clock);
    const read = (chunk: string | Buffer): void => {
      for (const key of reader.push(String(chunk))) model.key(key);
    };
    stdin.setEncoding('utf8');
    stdin.setRawMode(true);
    stdin.ref();
    stdin.on('data', read);
    stdin.resume();
    return () => {
      stdin.off('data', read);
      stdin.setRawMode(false);
      stdin.pause();
      stdin.unref();
    };
  }, [model, clock, stdin]);
}
