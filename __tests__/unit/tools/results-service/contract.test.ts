import { describeResultsContract } from '../../../fixtures/results-contract.js'

// Over the 8 MB of an artifact's block, so that lists of blocks are spoken too.
describeResultsContract(10_000_000)
