import { eventually } from './eventually.js';
import type { Pty } from './pty.js';

/** Waits until the terminal shows a text; what it shows in its place is told. */
export async function shows(pty: Pty, text: string): Promise<void> {
  try {
    await eventually(`"${text}" on the screen`, () => textOf(pty).includes(text));
  } catch (error) {
    throw new Error(`the screen shows\n${textOf(pty)}`, { cause: error });
  }
}

/** Presses a key again and again until something is so: a key right after a change answers nothing, on purpose. */
export async function pressUntil(pty: Pty, key: string, done: (screen: string) => boolean): Promise<void> {
  let looks = 0;
  try {
    await eventually(`what ${JSON.stringify(key)} does`, () => {
      if (done(textOf(pty))) return true;
      if (looks % LOOKS_PER_KEY === 0) pty.write(key);
      looks += 1;
      return false;
    });
  } catch (error) {
    throw new Error(`the screen shows\n${textOf(pty)}`, { cause: error });
  }
}

/** `eventually` looks a hundred times a second; a person is not that fast. */
const LOOKS_PER_KEY = 20;

function textOf(pty: Pty): string {
  return pty.screen().join('\n');
}
