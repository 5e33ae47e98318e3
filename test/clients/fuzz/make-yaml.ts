import type { Random } from '../../fuzz/random.js';
import { layout, type MadeFile, type ModelServer, remark, servers, word } from './model.js';

/** Makes a YAML file with `mcpServers`, as a map of servers or as a list of them. */
export function makeYaml(random: Random, isList: boolean): MadeFile {
  const style = layout(random, true, false);
  const maker = new YamlMaker(random);
  const list = servers(random);
  const lines: string[] = [];
  if (random.chance(30)) lines.push(`# ${remark(random)}`);
  if (random.chance(10)) lines.push('---');
  if (random.chance(50)) lines.push(...maker.other('model', 0));
  lines.push(maker.line(list.length === 0 ? `mcpServers: ${isList ? '[]' : '{}'}` : 'mcpServers:'));
  const step = random.pick([2, 4, 1, 3]);
  const depth = random.pick([0, step]);
  for (const one of list) lines.push(...(isList ? maker.item(one, depth) : maker.server(one, step)));
  if (random.chance(50)) lines.push(...maker.other('interface', 0));
  const text = lines.join(style.ending) + (random.chance(85) ? style.ending : '');
  return { text, hasBom: style.hasBom, servers: list };
}

/** Words that mean something else where they stand without quotes. */
const PLAIN = /^[A-Za-z/][\w./ -]*[\w/]$/;
const RESERVED = /^(?:true|false|null|yes|no|on|off|~)$/i;

class YamlMaker {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  text(value: string): string {
    const isPlain = (PLAIN.test(value) || value === '-y') && !RESERVED.test(value);
    if (isPlain && this.#random.chance(50)) return value;
    if (!/[\n\t]/.test(value) && this.#random.chance(40)) return `'${value.replaceAll("'", "''")}'`;
    return JSON.stringify(value);
  }

  line(text: string): string {
    return this.#random.chance(20)
      ? `${text} ${this.#random.pick(['#', '   # '])} ${remark(this.#random)}`
      : text;
  }

  other(key: string, depth: number): string[] {
    const pad = ' '.repeat(depth);
    return this.#random.pick<() => string[]>([
      () => [this.line(`${pad}${key}: ${this.text(word(this.#random))}`)],
      () => [`${pad}${key}: >-`, `${pad}  folded`, `${pad}  command: x`, ''],
      () => [`${pad}${key}: |`, `${pad}  # no comment`, `${pad}  args: [a]`],
      () => [`${pad}${key}:`, `${pad}  - a`, `${pad}  - { b: 1, c: [2, 3.10] }`],
      () => [this.line(`${pad}${key}: {command: z, args: [ "q" ]}`)],
      () => [`${pad}${key}:`, '', `${pad}  mcpServers: {}`],
    ])();
  }

  server(one: ModelServer, step: number): string[] {
    const name = PLAIN.test(one.name) && this.#random.chance(70) ? one.name : JSON.stringify(one.name);
    const pad = ' '.repeat(step);
    if (this.#random.chance(15)) return [this.line(`${pad}${name}: ${this.flow(one, false)}`)];
    return [this.line(`${pad}${name}:`), ...this.members(one, step + this.#random.pick([2, 1, 4]))];
  }

  item(one: ModelServer, depth: number): string[] {
    const pad = ' '.repeat(depth);
    if (this.#random.chance(15)) return [`${pad}- ${this.flow(one, true)}`];
    const gap = this.#random.pick([' ', '   ']);
    const inner = depth + 1 + gap.length;
    const name = `${' '.repeat(inner)}name: ${this.text(one.name)}`;
    const members = this.members(one, inner);
    const lines = this.#random.chance(70) ? [name, ...members] : [...members, name];
    const [first = '', ...rest] = lines.filter((line) => !/^\s*#/.test(line));
    return [`${pad}-${gap}${first.slice(inner)}`, ...rest];
  }

  members({ command, args }: ModelServer, depth: number): string[] {
    const pad = ' '.repeat(depth);
    const groups: string[][] = [[this.line(`${pad}command: ${this.text(command)}`)]];
    if (args !== undefined) groups.push(this.args(args, depth));
    if (this.#random.chance(30)) groups.push([`${pad}env:`, `${pad}  TOKEN: "x" # ${remark(this.#random)}`]);
    if (this.#random.chance(30)) groups.push(this.other('note', depth));
    if (this.#random.chance(20)) groups.push([`${pad}# ${remark(this.#random)}`, `${pad}timeout: 300`]);
    return (this.#random.chance(50) ? groups : groups.toReversed()).flat();
  }

  args(args: readonly string[], depth: number): string[] {
    const pad = ' '.repeat(depth);
    if (args.length === 0 || this.#random.chance(40)) {
      if (args.length > 0 && this.#random.chance(25)) {
        return [`${pad}args: [`, ...args.map((arg) => `${pad}  ${this.text(arg)},`), `${pad}  ]`];
      }
      return [this.line(`${pad}args: [${args.map((arg) => this.text(arg)).join(', ')}]`)];
    }
    const inner = ' '.repeat(depth + this.#random.pick([0, 2, 1]));
    const gap = this.#random.pick([' ', '  ']);
    const head = this.#random.chance(15) ? [`${inner}# ${remark(this.#random)}`] : [];
    return [
      this.line(`${pad}args:`),
      ...head,
      ...args.map((arg) => this.line(`${inner}-${gap}${this.text(arg)}`)),
    ];
  }

  flow({ name, command, args }: ModelServer, hasName: boolean): string {
    const parts = [`command: ${JSON.stringify(command)}`];
    if (args !== undefined) parts.push(`args: [${args.map((arg) => JSON.stringify(arg)).join(', ')}]`);
    if (hasName) parts.unshift(`name: ${JSON.stringify(name)}`);
    return `{ ${parts.join(', ')} }`;
  }
}
