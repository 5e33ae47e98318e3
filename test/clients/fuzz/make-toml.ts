import type { Random } from '../../fuzz/random.js';
import { layout, type MadeFile, type ModelServer, remark, servers, word } from './model.js';

/** Makes a TOML file with `mcp_servers`: tables, dotted keys or inline tables, in any order. */
export function makeToml(random: Random): MadeFile {
  const style = layout(random, true, true);
  const { ending } = style;
  const maker = new TomlMaker(random, ending);
  const list = servers(random);
  const top: string[] = [];
  const tables: string[] = [];
  if (random.chance(50)) top.push(maker.pair('model', maker.value()));
  if (random.chance(30)) top.push(maker.pair('"quoted key"', maker.value()));
  // A table may be given inline only as a whole, and not next to one of the same name in brackets.
  const form = random.below(3);
  if (form === 0 && list.length > 0) {
    const inner = list.map((one) => `${maker.key(one.name)} = ${maker.inline(one)}`).join(', ');
    top.push(maker.pair('mcp_servers', `{ ${inner} }`));
  } else if (form === 1) {
    for (const one of list) {
      if (random.chance(50)) top.push(maker.pair(`mcp_servers.${maker.key(one.name)}`, maker.inline(one)));
      else top.push(...maker.pairs(one, `mcp_servers.${maker.key(one.name)}.`));
    }
  } else {
    for (const one of list) {
      const head = random.chance(20)
        ? `[ mcp_servers . ${maker.key(one.name)} ]`
        : `[mcp_servers.${maker.key(one.name)}]`;
      tables.push([maker.line(head), ...maker.pairs(one, '')].join(ending));
      if (random.chance(30)) {
        tables.push(
          [`[mcp_servers.${maker.key(one.name)}.sub]`, maker.pair('command', '"not me"')].join(ending),
        );
      }
    }
  }
  if (random.chance(40)) tables.push([`[other]`, maker.pair('x', maker.value()), ''].join(ending));
  if (random.chance(20))
    tables.push(['[[list]]', maker.pair('n', '1'), '[[list]]', maker.pair('n', '2')].join(ending));
  const mixed = random.chance(50) ? tables : tables.toReversed();
  const text =
    [...top, ...mixed].join(ending + (random.chance(50) ? ending : '')) + (random.chance(80) ? ending : '');
  return { text, hasBom: style.hasBom, servers: list };
}

class TomlMaker {
  readonly #random: Random;
  readonly #ending: string;

  constructor(random: Random, ending: string) {
    this.#random = random;
    this.#ending = ending;
  }

  key(name: string): string {
    if (/^[\w-]+$/.test(name) && this.#random.chance(80)) return name;
    return this.#random.chance(50) && !name.includes("'") ? `'${name}'` : JSON.stringify(name);
  }

  text(value: string): string {
    if (!/['\n\t]/.test(value) && this.#random.chance(30)) return `'${value}'`;
    if (!/["\\\n\t]/.test(value) && this.#random.chance(8)) return `"""${value}"""`;
    return JSON.stringify(value);
  }

  value(): string {
    const kind = this.#random.below(4);
    if (kind === 0) return this.text(word(this.#random));
    if (kind === 1)
      return this.#random.pick([
        '1',
        '0x_1F'.replace('_', ''),
        '1_000',
        '3.14',
        'true',
        '1979-05-27T07:32:00Z',
        '07:32:00',
      ]);
    if (kind === 2) return this.list(['a', 'b']);
    return '{ a = 1, "b.c" = "}" }';
  }

  line(text: string): string {
    return this.#random.chance(25) ? `${text} # ${remark(this.#random)}` : text;
  }

  pair(key: string, value: string): string {
    const equals = this.#random.pick([' = ', '=', '  =\t', ' ='] as const);
    const indent = this.#random.chance(15) ? this.#random.pick(['  ', '\t']) : '';
    const before = this.#random.chance(10) ? `# ${remark(this.#random)}${this.#ending}` : '';
    return `${before}${indent}${this.line(`${key}${equals}${value}`)}`;
  }

  list(items: readonly string[]): string {
    const random = this.#random;
    if (items.length === 0)
      return random.pick(['[]', '[ ]', `[${this.#ending}]`, `[ # none${this.#ending}]`]);
    const texts = items.map((item) => this.text(item));
    if (random.chance(60))
      return `[${random.pick(['', ' '])}${texts.join(random.pick([', ', ',', ' , ']))}${random.pick(['', ' ', ','])}]`;
    const lines = texts.map((text) => {
      const comment = random.chance(25) ? ` # ${remark(random)}` : '';
      return `${random.pick(['  ', '\t', ''])}${text},${comment}`;
    });
    const head = random.chance(20) ? ` # ${remark(random)}` : '';
    return `[${head}${this.#ending}${lines.join(this.#ending)}${this.#ending}]`;
  }

  pairs({ command, args }: ModelServer, prefix: string): string[] {
    const found = [this.pair(`${prefix}command`, this.text(command))];
    if (args !== undefined) found.push(this.pair(`${prefix}args`, this.list(args)));
    if (this.#random.chance(30)) found.push(this.pair(`${prefix}enabled`, 'true'));
    if (this.#random.chance(30)) found.push(this.pair(`${prefix}env`, '{ A = "b", TOKEN = "x" }'));
    return this.#random.chance(50) ? found : found.toReversed();
  }

  inline({ command, args }: ModelServer): string {
    const parts = [`command = ${this.text(command)}`];
    if (args !== undefined) parts.push(`args = [${args.map((one) => this.text(one)).join(', ')}]`);
    if (this.#random.chance(30)) parts.push('env.A = "b"');
    return `{${this.#random.pick(['', ' '])}${(this.#random.chance(50) ? parts : parts.toReversed()).join(', ')}${this.#random.pick(['', ' '])}}`;
  }
}
