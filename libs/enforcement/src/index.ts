export * from './follower.js'
export * from './lease.js'
export * from './receipt.js'
export * from './recent-events.js'
