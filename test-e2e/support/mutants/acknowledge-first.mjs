/**
 * A proxy that acknowledges first and applies later, as it is loaded: `node --import` this file. The product has no hook for
 * it. What the fault runs are worth is shown by their finding it.
 */
import { registerHooks } from 'node:module'

const LATER_MS = 1_500
const TARGET = /services\/proxy\/dist\/control\/enforcer\.js$/
const RIGHT = /(inTraceOf\(`enforce \$\{event\.kind\}`, event\.traceparent, \(\) => \{\s*)this\.apply\(event\);/

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!TARGET.test(url)) return loaded
    const source = String(loaded.source)
    if (!RIGHT.test(source)) throw new Error('the place to plant the bug was not found: enforcer.js has changed')
    return { ...loaded, source: source.replace(RIGHT, `$1setTimeout(() => this.apply(event), ${LATER_MS});`) }
  },
})
