<<<<<<< HEAD
export * from './receipt.js'
=======
export * from './follower.js'
export * from './recent-events.js'
>>>>>>> main
