import type { MapNode, Node } from '../formats/tree.js';

/** Members of a map that are not looked at, since they were changed on purpose. */
export type Exempt = ReadonlyMap<Node, ReadonlySet<string> | 'all'>;

/**
 * The meaning of a tree as text, without its layout: two files with the same text here say the same
 * to every reader, numbers to the last digit. Exempt members, or whole exempt nodes, are left out.
 */
export function meaningOf(node: Node, exempt: Exempt = new Map()): string {
  return JSON.stringify(partsOf(node, exempt));
}

function partsOf(node: Node, exempt: Exempt): unknown[] {
  const left = exempt.get(node);
  if (left === 'all') return ['exempt'];
  switch (node.kind) {
    case 'scalar':
      return ['scalar', node.raw];
    case 'list':
      return ['list', ...node.items.map((item) => partsOf(item, exempt))];
    case 'map':
      return ['map', ...membersOf(node, left).map(({ key, value }) => [key, partsOf(value, exempt)])];
  }
}

function membersOf({ members }: MapNode, left: ReadonlySet<string> | undefined): MapNode['members'] {
  return left === undefined ? members : members.filter(({ key }) => !left.has(key));
}
