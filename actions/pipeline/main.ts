import * as core from '@actions/core'
import { runBenchmark } from '../../src/bench/benchmark.js'
import { benchmarkOutputs } from '../../src/bench/outputs.js'
import { build } from '../../src/image/build.js'
import { buildOutputs } from '../../src/image/outputs.js'
import { runMain, setOutputs } from '../../src/runtime/action.js'
import { InputReader } from '../../src/runtime/inputs.js'
import { smokeOutputs } from '../../src/smoke/outputs.js'
import { runSmokeTests } from '../../src/smoke/smoke.js'
import { upgradeOutputs } from '../../src/upgrade/outputs.js'
import { runUpgrade } from '../../src/upgrade/upgrade.js'
import { startVm } from '../../src/vm/boot.js'
import { bootingOutputs, bootOutputs } from '../../src/vm/outputs.js'
import { getInputs } from './inputs.js'

await runMain(async () => {
  const inputs = getInputs(new InputReader(core.getInput))

  const built = await build(inputs.build)
  setOutputs(buildOutputs(built))

  const booting = await startVm({ ...inputs.boot, image: built.image, imageDigest: built.imageDigest })
  core.saveState('vm', booting.folder)
  setOutputs(bootingOutputs(booting))
  setOutputs(bootOutputs(await booting.ready()))

  const tested = await runSmokeTests({
    ...inputs.smokeTest,
    vm: booting.folder,
    declared: { ...inputs.smokeTest.declared, version: built.version },
    failOnConsole: [],
  })
  setOutputs(smokeOutputs(tested))
  if (tested.error) throw tested.error

  if (inputs.upgrade) {
    const upgraded = await runUpgrade({
      ...inputs.upgrade,
      vm: booting.folder,
      updateImage: built.updateImage ?? '',
      expect: 'success',
      expectVersion: built.version,
    })
    setOutputs(upgradeOutputs(upgraded))
    if (upgraded.problem) throw upgraded.problem
  }

  if (!inputs.benchmark) return
  const measured = await runBenchmark({ ...inputs.benchmark, vm: booting.folder })
  setOutputs(benchmarkOutputs(measured))
  if (measured.problem) throw measured.problem
})
