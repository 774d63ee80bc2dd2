const project = (name) => ({
  displayName: name,
  testMatch: [`<rootDir>/__tests__/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  // Runs of the demo leave whole copies of the checkout there.
  modulePathIgnorePatterns: ['<rootDir>/.local/', '<rootDir>/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false }] },
})

/** Whole VMs run in e2e, faults and soak, the last at length and only in `npm run test:soak`; their time-outs are deadlines against hangs, not claims about speed. */
export default {
  projects: [project('unit'), project('bundles'), project('e2e'), project('faults'), project('soak')],
  testTimeout: 30_000,
}
