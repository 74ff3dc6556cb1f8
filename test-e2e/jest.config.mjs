/** End-to-end tests: real services, real drivers, one file at a time (each starts services of its own). */
import { fileURLToPath } from 'node:url'

export default {
  testEnvironment: 'node',
  rootDir: '.',
  testRegex: '\\.test\\.ts$',
  // Real clients from other languages' registries are fetched, and run, by `npm run prove`.
  testPathIgnorePatterns: ['/node_modules/', ...(process.env.PGBEAM_PROOF === 'full' ? [] : ['/clients-[a-z]+\\.test\\.ts$'])],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { configFile: fileURLToPath(new URL('../.swcrc', import.meta.url)), swcrc: false }] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  globalSetup: '<rootDir>/support/global-setup.mjs',
  globalTeardown: '<rootDir>/support/global-teardown.mjs',
  testTimeout: 120_000,
  // A test that leaves a timer or a socket behind must not hold up the whole run.
  forceExit: true,
}
