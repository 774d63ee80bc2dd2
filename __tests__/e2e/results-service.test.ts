import { jest } from '@jest/globals'
import { describeResultsContract } from '../fixtures/results-contract.js'

jest.setTimeout(300_000)

// Over the 128 MiB to which @actions/cache sends one request.
describeResultsContract(150 * 2 ** 20)
