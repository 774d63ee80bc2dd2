import { mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import { prepareBareVm } from './bare-boot.js'
import type { Benchmark } from './benchmark.js'
import { alternately } from './pairs.js'

const machine = { memory: 2 ** 30, cpus: 2 }

export const bootOverhead: Benchmark = {
  name: 'boot-overhead',
  about: 'the boot action from its start to its end, against bare QEMU with ssh tried every 0.1 s; emulated',
  run: async ({ image, folder, say }) => {
    const disk = await image()
    let boots = 0
    const fresh = (): string => {
      const made = path.join(folder, String(++boots))
      mkdirSync(made)
      return made
    }

    const ours = async (): Promise<number> => {
      const temp = fresh()
      const inputs = {
        image: disk,
        accelerator: 'tcg',
        memory: String(machine.memory),
        cpus: String(machine.cpus),
      }
      const started = performance.now()
      try {
        await runAction(
          'boot',
          { ...inputs, vsock: 'off' },
          { RUNNER_TEMP: temp, GITHUB_OUTPUT: '', GITHUB_STATE: '' },
        )
        return (performance.now() - started) / 1000
      } finally {
        for (const name of readdirSync(temp)) await stopVm(path.join(temp, name))
      }
    }

    const reference = async (): Promise<number> => {
      const vm = await prepareBareVm(disk, fresh(), machine)
      try {
        return await vm.boot(100)
      } finally {
        await vm.stop()
      }
    }

    return [await alternately({ ours, reference }, 3, { name: 'boot-overhead', unit: 's', goal: 1.05 }, say)]
  },
}
