import xterm from '@xterm/headless';

/** What a terminal of this size shows of a frame: its rows, without spaces at their ends. */
export async function drawn(frame: string, columns: number, rows: number): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 100 });
  await new Promise<void>((resolve) => {
    terminal.write(frame.replaceAll('\n', '\r\n'), resolve);
  });
  const { active } = terminal.buffer;
  // What was pushed above the first row shows too: a frame that is too high must not pass.
  const shown = Array.from({ length: active.length }, (_, row) =>
    (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
  );
  terminal.dispose();
  return shown;
}
