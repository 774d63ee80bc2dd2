import { describe, jest } from '@jest/globals'
import { startAzurite } from '../fixtures/azurite.js'
import { describeResultsContract } from '../fixtures/results-contract.js'

jest.setTimeout(900_000)

/** Over the 128 MiB to which @actions/cache sends one request. */
const large = 130 * 2 ** 20

describe('with blobs in files', () => {
  describeResultsContract(large)
})

// The same over Microsoft's emulator: our blobs and our tests cannot then share a mistake about the protocol.
describe('with blobs in Azurite', () => {
  describeResultsContract(large, startAzurite)
})
