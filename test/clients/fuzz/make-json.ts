import type { Random } from '../../fuzz/random.js';
import { type Layout, layout, type MadeFile, type ModelServer, remark, servers, word } from './model.js';

/** Makes a JSON file with `mcpServers`, in the dialect that is asked for. */
export function makeJson(random: Random, dialect: 'json' | 'json-comments' | 'json-lenient'): MadeFile {
  const style = layout(random, dialect !== 'json', dialect === 'json-lenient');
  const maker = new JsonMaker(random, style);
  const list = servers(random);
  const members: [string, () => string][] = [
    ['theme', () => maker.value(2)],
    [
      'mcpServers',
      () =>
        maker.map(
          list.map((one) => [one.name, () => maker.server(one)]),
          1,
        ),
    ],
    ['big', () => random.pick(['12345678901234567890', '1.0', '1e5', '-0', 'null', 'false'])],
    ['other', () => maker.value(3)],
  ];
  const chosen = members.filter(([name]) => name === 'mcpServers' || random.chance(60));
  const text = `${maker.space(0)}${maker.map(random.chance(50) ? chosen : chosen.toReversed(), 0)}${maker.space(0)}`;
  return { text, hasBom: style.hasBom, servers: list };
}

class JsonMaker {
  readonly #random: Random;
  readonly #style: Layout;

  constructor(random: Random, style: Layout) {
    this.#random = random;
    this.#style = style;
  }

  server({ command, args }: ModelServer): string {
    const members: [string, () => string][] = [['command', () => this.text(command)]];
    if (args !== undefined)
      members.push([
        'args',
        () =>
          this.list(
            args.map((one) => () => this.text(one)),
            3,
          ),
      ]);
    for (const [key, depth] of [
      ['env', 1],
      ['timeout', 0],
      ['x', 2],
      ['disabled', 0],
    ] as const) {
      if (this.#random.chance(30)) members.push([key, () => this.value(depth)]);
    }
    return this.map(
      members.toSorted(() => (this.#random.chance(50) ? 1 : -1)),
      2,
    );
  }

  /** Whitespace and comments between two tokens. */
  space(depth: number): string {
    const { ending, indent, comments } = this.#style;
    const parts = [this.#random.pick(['', '', ' ', '  ', '\t'])];
    if (comments && this.#random.chance(12)) parts.push(`/* ${remark(this.#random)} */`);
    if (comments && this.#random.chance(8))
      parts.push(`// ${remark(this.#random)}${ending}${indent.repeat(depth)}`);
    if (this.#random.chance(4)) parts.push(ending.repeat(this.#random.below(3)));
    return parts.join('');
  }

  text(value: string): string {
    const quoted = JSON.stringify(value);
    return this.#random.chance(10) ? quoted.replaceAll('/', String.raw`\/`) : quoted;
  }

  value(depth: number): string {
    const random = this.#random;
    const kind = depth <= 0 ? random.below(3) : random.below(5);
    if (kind === 0) return this.text(word(random));
    if (kind === 1) return random.pick(['0', '-1.50', '1E400', '123456789012345678', 'true', 'null']);
    if (kind === 2) return random.pick(['{}', '[]', '""', '{ }', '[ ]']);
    if (kind === 3)
      return this.list(
        Array.from({ length: random.below(4) }, () => () => this.value(depth - 1)),
        3,
      );
    const keys = ['a', 'command', 'args', 'mcp', 'k.k', 'é'].filter(() => random.chance(40));
    return this.map(
      keys.map((key) => [key, () => this.value(depth - 1)]),
      3,
    );
  }

  list(items: readonly (() => string)[], depth: number): string {
    return this.#enclosed(
      '[',
      ']',
      items.map((item) => item()),
      depth,
    );
  }

  map(members: readonly (readonly [string, () => string])[], depth: number): string {
    const pairs = members.map(
      ([key, value]) => `${JSON.stringify(key)}${this.space(depth)}:${this.space(depth)}${value()}`,
    );
    return this.#enclosed('{', '}', pairs, depth);
  }

  #enclosed(open: string, close: string, parts: readonly string[], depth: number): string {
    const { ending, indent, trailingCommas } = this.#style;
    if (parts.length === 0) return `${open}${this.space(depth)}${close}`;
    const isOpen = this.#random.chance(60);
    const before = isOpen ? ending + indent.repeat(depth + 1) : this.#random.pick(['', ' ']);
    const after = isOpen ? ending + indent.repeat(depth) : this.#random.pick(['', ' ']);
    const comma = trailingCommas && this.#random.chance(60) ? ',' : '';
    const inner = parts.map((part) => `${before}${this.space(depth)}${part}${this.space(depth)}`).join(',');
    return `${open}${inner}${comma}${after}${close}`;
  }
}
