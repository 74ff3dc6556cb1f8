/** Whether two trees say the same: the one that was meant, and the one that the rewritten text parses to. */

const PLACES = /(^|_)location$|^stmt_len$|^(list|rexpr_list)_(start|end)$/

export function sameTree(meant: unknown, found: unknown): boolean {
  if (typeof meant !== 'object' || meant === null || typeof found !== 'object' || found === null) return meant === found
  if (Array.isArray(meant) || Array.isArray(found)) {
    return Array.isArray(meant) && Array.isArray(found) && meant.length === found.length && meant.every((each, at) => sameTree(each, found[at]))
  }
  const one = entries(meant)
  const other = entries(found)
  return one.length === other.length && one.every(([name, value]) => name in found && sameTree(value, (found as Record<string, unknown>)[name]))
}

const entries = (tree: object) => Object.entries(tree).filter(([name, value]) => value !== undefined && !PLACES.test(name))
