import { array, object, type ObjectPiece, type Piece } from './piece.js';
import type { Random } from './random.js';

/** The tools that the server of the fuzzer lists. Calls of `delete_file` are denied. */
export const TOOLS = ['read_file', 'write_file', 'delete_file', 'wörld tool', 'a/b.c-d_e'] as const;
/** Requests of the server that a fuzzed answer may belong to. */
export const SERVER_IDS = ['srv-1', 7001] as const;

/** What an attack tries to get past the guard. */
export const EVIL_CALL =
  '{"jsonrpc":"2.0","id":666,"method":"tools/call","params":{"name":"delete_file","arguments":{"path":"/etc"}}}';

const TEXTS = [
  '',
  'a',
  '/etc/passwd',
  'é',
  '𝄞',
  'line\nbreak',
  'quote"',
  'back\\slash',
  '\u2028',
  '\u0085',
  '\u0000',
  '\ufeff',
  '\u202e',
  'K\u212a',
  '\u017f',
  '// x',
  '/* */',
  "'",
  '{}',
  ']',
  'NaN',
  '\r',
  '\t',
  '\ud800',
  EVIL_CALL,
  `\r${EVIL_CALL}\r`,
  'tools/call',
  'delete_file',
  '__proto__',
  'x'.repeat(70),
  'ünï'.repeat(20),
];
const RAW_TEXTS = [
  '"\u2028"',
  '"\u2029x"',
  '"a\u0085b"',
  '"\\u0041"',
  '"\\/"',
  '"\\ud834\\udd1e"',
  '"\\udc00"',
];
const NUMBERS = [
  '0',
  '1',
  '-1',
  '-0',
  '1.0',
  '1e2',
  '9007199254740993',
  '1e400',
  '0.1',
  '12345678901234567890',
];
const KEYS = [
  'path',
  'amount',
  'name',
  'content',
  'key',
  'items',
  'method',
  'params',
  '',
  'é',
  'ſ',
  'a\u0000b',
  'x y',
];
const IDS = [
  '1',
  '0',
  '-7',
  '"1"',
  '"a"',
  '"\\u0061"',
  '""',
  '9007199254740991',
  '"x-\u2028"',
  '42',
  '"srv-1"',
  '7001',
];

function text(random: Random): string {
  return random.chance(15) ? random.pick(RAW_TEXTS) : JSON.stringify(random.pick(TEXTS));
}

/** Any JSON value, at most a few levels deep. */
export function value(random: Random, depth = 0): Piece {
  const kind = random.below(depth > 2 ? 5 : 8);
  if (kind < 3) return text(random);
  if (kind === 3) return random.pick(NUMBERS);
  if (kind === 4) return random.pick(['true', 'false', 'null']);
  if (kind === 5) return array(Array.from({ length: random.below(4) }, () => value(random, depth + 1)));
  return members(random, depth + 1);
}

/** An object with distinct keys. */
export function members(random: Random, depth = 0): ObjectPiece {
  const keys = new Set(Array.from({ length: random.below(4) }, () => random.pick(KEYS)));
  return object([...keys].map((key) => [key, value(random, depth)] as const));
}

function request(random: Random, method: string, params: Piece | null): ObjectPiece {
  const parts: (readonly [string, Piece])[] = [
    ['jsonrpc', '"2.0"'],
    ['id', random.chance(60) ? String(random.below(1000)) : random.pick(IDS)],
    ['method', JSON.stringify(method)],
  ];
  if (params !== null) parts.push(['params', params]);
  const turn = random.below(parts.length);
  return object(random.chance(70) ? parts : [...parts.slice(turn), ...parts.slice(0, turn)]);
}

function toolCall(random: Random): ObjectPiece {
  const parts: (readonly [string, Piece])[] = [['name', JSON.stringify(random.pick(TOOLS))]];
  if (random.chance(85)) parts.push(['arguments', members(random)]);
  if (random.chance(20)) parts.push(['_meta', members(random)]);
  if (random.chance(5)) parts.push(['inputResponses', members(random)]);
  if (random.chance(20)) parts.reverse();
  return request(random, 'tools/call', object(parts));
}

function otherGoverned(random: Random): ObjectPiece {
  switch (random.below(6)) {
    case 0:
      return request(random, 'resources/read', object([['uri', text(random)]]));
    case 1:
      return request(
        random,
        'prompts/get',
        object([
          ['name', text(random)],
          ['arguments', members(random)],
        ]),
      );
    case 2: {
      const reference = object([
        ['type', '"ref/prompt"'],
        [random.pick(['name', 'uri']), text(random)],
      ]);
      return request(random, 'completion/complete', object([['ref', reference]]));
    }
    case 3:
      return request(random, 'tasks/get', object([['taskId', text(random)]]));
    case 4:
      return request(random, random.pick(['custom/run', 'constructor', 'x']), members(random));
    default:
      return request(random, 'subscriptions/listen', members(random));
  }
}

function ungoverned(random: Random): ObjectPiece {
  const method = random.pick(['ping', 'initialize', 'tools/list', 'logging/setLevel', 'server/discover']);
  return request(random, method, random.chance(70) ? members(random) : null);
}

function notification(random: Random): ObjectPiece {
  const method = random.pick([
    'notifications/initialized',
    'notifications/progress',
    'custom/event',
    'tools/call',
  ]);
  const params = method === 'tools/call' ? object([['name', '"delete_file"']]) : members(random);
  return object([
    ['jsonrpc', '"2.0"'],
    ['method', JSON.stringify(method)],
    ['params', params],
  ]);
}

function answer(random: Random): ObjectPiece {
  return object([
    ['jsonrpc', '"2.0"'],
    ['id', JSON.stringify(random.pick(SERVER_IDS))],
    [random.pick(['result', 'error']), value(random)],
  ]);
}

/** A message as clients send them, mostly tool calls. */
export function message(random: Random): ObjectPiece {
  const kind = random.below(20);
  if (kind < 11) return toolCall(random);
  if (kind < 14) return otherGoverned(random);
  if (kind < 17) return ungoverned(random);
  return kind < 19 ? notification(random) : answer(random);
}

/** The call that attacks smuggle, as a piece. */
export function evilCall(): ObjectPiece {
  return object([
    ['jsonrpc', '"2.0"'],
    ['id', '666'],
    ['method', '"tools/call"'],
    ['params', object([['name', '"delete_file"']])],
  ]);
}
