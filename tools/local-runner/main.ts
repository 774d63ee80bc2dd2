import path from 'node:path'
import { describe } from '../../src/runtime/action.js'
import { cancelOnSignals } from './cancel.js'
import { help, parseOptions } from './options.js'
import { runWorkflow } from './run.js'
import { writeSummaryPage } from './summary-page.js'
import { stepTable } from './terminal.js'

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === 'help') {
    console.log(help)
  } else {
    const result = await runWorkflow({ ...options, ...cancelOnSignals() })
    const page = path.relative(process.cwd(), writeSummaryPage(result))
    console.log(`\n${stepTable(result).join('\n')}\n\n${page}`)
    process.exitCode = result.outcome === 'success' ? 0 : 1
  }
} catch (error) {
  console.error(describe(error))
  process.exitCode = 2
}
