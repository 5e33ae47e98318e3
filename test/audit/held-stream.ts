import { Writable } from 'node:stream';

/** A stream whose reader can stop reading. */
export class HeldStream extends Writable {
  text = '';
  #isHeld = false;
  #held: (() => void)[] = [];

  /** Stops taking, or takes what waits and goes on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (!isHeld) for (const take of this.#held.splice(0)) take();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const take = (): void => {
      this.text += chunk.toString();
      done();
    };
    if (this.#isHeld) this.#held.push(take);
    else take();
  }
}
