export * from './follower.js'
export * from './recent-events.js'
