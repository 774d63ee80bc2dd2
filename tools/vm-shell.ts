import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { alias } from '../src/ssh/config.js'
import { type BootOptions, startVm } from '../src/vm/boot.js'
import { stopVm } from '../src/vm/stop.js'

/** Boots a VM as the boot action does, opens a shell in it, and ends it afterwards. Gives the shell's exit status. */
export async function shell(options: BootOptions): Promise<number> {
  const stateRoot = mkdtempSync(path.join(tmpdir(), 'vm-'))
  const vm = await startVm({ ...options, stateRoot })
  try {
    const { ssh } = await vm.ready()
    const client = spawn('ssh', ['-F', ssh.configFile, '-t', alias], { stdio: 'inherit' })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => client.kill())
    const [code] = (await once(client, 'exit')) as [number | null]
    return code ?? 1
  } finally {
    await stopVm(vm.folder)
    rmSync(stateRoot, { recursive: true })
  }
}
