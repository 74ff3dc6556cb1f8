export * from './receipt.js'
