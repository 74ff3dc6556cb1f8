/** A walk over a whole parse tree, without recursion: a text may nest as deep as it likes. */
import type { Tree } from './parser.js'

/** Calls `visit` with every key of the tree and what stands under it, in no order. What it returns false for is not gone into. */
export function everyNode(tree: Tree, visit: (key: string, inner: Tree) => boolean): void {
  const pending: unknown[] = [tree]
  while (pending.length > 0) {
    const value = pending.pop()
    if (Array.isArray(value)) {
      for (const item of value) pending.push(item)
      continue
    }
    if (typeof value !== 'object' || value === null) continue
    for (const [key, inner] of Object.entries(value)) if (visit(key, inner as Tree)) pending.push(inner)
  }
}
