import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { run } from '../src/runtime/process.js'
import { receive } from '../src/ssh/transfer.js'
import { type Guest, withGuest } from '../src/vm/guest.js'
import { stopVm } from '../src/vm/stop.js'
import { runAction } from './action.js'
import type { Bench, Benchmark, Row } from './benchmark.js'
import { alternately } from './pairs.js'

const place = '/var/tmp/collect'
const small = { name: 'small', files: 1000, bytes: 4096 }
const large = { name: 'large', files: 1, bytes: 200 * 10 ** 6 }

/** Random data, as a file of each of the two kinds; read once, so that both sides find it in the guest's page cache. */
const prepare = [
  `mkdir -p ${place}/${small.name} ${place}/${large.name} && cd ${place}`,
  `head -c ${small.files * small.bytes} /dev/urandom | split -a 4 -b ${small.bytes} - ${small.name}/`,
  `head -c ${large.bytes} /dev/urandom > ${large.name}/data`,
  'cat */* > /dev/null',
].join(' && ')

async function measure({ image, folder, say }: Bench): Promise<readonly Row[]> {
  const vms = path.join(folder, 'vms')
  mkdirSync(vms)
  const inputs = { image: await image(), accelerator: 'tcg', memory: '2G', vsock: 'off' }
  try {
    await runAction('boot', inputs, { RUNNER_TEMP: vms, GITHUB_OUTPUT: '', GITHUB_STATE: '' })
    const vm = path.join(vms, readdirSync(vms)[0] ?? '')
    return await withGuest(vm, async (guest) => {
      const { exitCode, stderr } = await guest.run(prepare)
      if (exitCode !== 0) throw new Error(`the guest could not make the files: ${stderr}`)
      return [
        await compare(
          guest,
          folder,
          small,
          { name: 'collect: 1,000 files of 4 KiB', unit: 's', goal: 0.22 },
          say,
        ),
        await compare(
          guest,
          folder,
          large,
          { name: 'collect: one file of 200 MB', unit: 's', goal: 1.05 },
          say,
        ),
      ]
    })
  } finally {
    for (const name of readdirSync(vms)) await stopVm(path.join(vms, name))
  }
}

/** Ours goes over the connection that a run has from its start; scp makes its own, as it does for every copy. */
async function compare(
  guest: Guest,
  folder: string,
  { name, files, bytes }: typeof small,
  row: Pick<Row, 'name' | 'unit' | 'goal'>,
  say: (text: string) => void,
): Promise<Row> {
  const side = (copy: (into: string) => Promise<unknown>) => async (): Promise<number> => {
    const into = mkdtempSync(path.join(folder, 'received-'))
    const started = performance.now()
    await copy(into)
    const seconds = (performance.now() - started) / 1000
    const came = readdirSync(into).map((file) => statSync(path.join(into, file)).size)
    rmSync(into, { recursive: true })
    if (came.length !== files || came.some((size) => size !== bytes)) throw new Error('not all files came')
    return seconds
  }
  const { configFile } = guest.vm.ssh
  return alternately(
    {
      ours: side((into) => receive(guest, `${place}/${name}`, into)),
      reference: side((into) => run(['scp', '-q', '-r', '-F', configFile, `guest:${place}/${name}/.`, into])),
    },
    3,
    row,
    say,
  )
}

export const collect: Benchmark = {
  name: 'collect',
  about: 'results copied out of an emulated guest over the connection of the run, against scp -r',
  run: measure,
}
