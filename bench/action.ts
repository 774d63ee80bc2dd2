import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { actionDefaults } from '../tools/action-defaults.js'

const root = path.resolve(import.meta.dirname, '..')

/**
 * Runs an action's main bundle to its end, as the runner starts it: inputs in the environment.
 * @throws {Error} with what it printed when it fails
 */
export async function runAction(
  action: string,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const inputs = Object.entries({ ...actionDefaults(action), ...given })
  const step = spawn(process.execPath, [path.join(root, 'dist', action, 'main/index.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ...env,
      ...Object.fromEntries(inputs.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    },
  })
  let log = ''
  step.stdout.on('data', (chunk: Buffer) => (log += chunk.toString()))
  const [code] = (await once(step, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the action ${action} failed:\n${log}`)
}
