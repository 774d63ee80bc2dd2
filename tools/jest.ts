/** The command line of jest, as `npm run jest` has it for people. */
export function jestCommand(options: readonly string[]): string[] {
  return [
    process.execPath,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    ...options,
  ]
}
