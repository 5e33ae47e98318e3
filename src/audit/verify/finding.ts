/** Where something stands: the file as it was named, and the line from 1. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  /** Lines of all files before this one, in the order in which they were read. */
  readonly at: number;
}

/** What an audit log shows of being changed. */
type FindingKind =
  /** A record is not as it was when the next one was written, or cannot be read any more. */
  | 'changed'
  /** Records between two others, or before the first, are not there. */
  | 'missing'
  /** Records stand in another order than they were written in. */
  | 'reordered'
  /** A number of a writer stands in the log twice. */
  | 'duplicated'
  /** Records after the last one were there: an anchored head or a signature says so. */
  | 'cut-off'
  /** A line, record or checkpoint that no chain or key explains. */
  | 'foreign'
  /** More records without a signature than a writer leaves. */
  | 'unsigned';

export interface Finding {
  readonly kind: FindingKind;
  /** Undefined where nothing is left that has a place. */
  readonly spot: Spot | undefined;
  readonly writer: string | undefined;
  /** The records that it is about; undefined where their numbers are not known. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly message: string;
}
