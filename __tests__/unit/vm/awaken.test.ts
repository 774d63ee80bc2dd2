import { expect, test } from '@jest/globals'
import { awakening } from '../../../src/vm/supervisor/awaken.js'

test.each([
  ['root', 0],
  ['admin', 3],
])('%s needs sudo for %i commands', (user, commands) => {
  expect(awakening(user).match(/sudo -n (?:date|perl|python3) /g) ?? []).toHaveLength(commands)
})
