export * from './client.js'
export * from './enforcement.js'
export * from './errors.js'
export type { components, operations, paths } from './generated/api.js'
