/** Unit and property tests: `*.spec.ts` beside the code. Workspace packages are imported as built (`dist`). */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/libs', '<rootDir>/services', '<rootDir>/scripts'],
  testRegex: '/src/.*\\.spec\\.ts$|/scripts/.*\\.spec\\.mjs$',
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/.*package\\.json$'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  // A bound for what hangs: how long things take is for bench/ to say.
  testTimeout: 30_000,
  setupFiles: ['<rootDir>/jest.setup.mjs'],
}
