/** What a line means, for its color; without colors the text says it alone. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'heading'
  | 'warning'
  | 'added'
  | 'removed'
  | 'good'
  | 'bad'
  | 'selected';

/** A line of the screen. Its text is printable and takes no more columns than it was made for. */
export interface Line {
  readonly tone: Tone;
  readonly text: string;
}
