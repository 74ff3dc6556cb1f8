export * from './follower.js'
export * from './receipt.js'
export * from './recent-events.js'
