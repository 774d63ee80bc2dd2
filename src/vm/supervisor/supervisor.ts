import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../runtime/errors.js'
import { type SshAccess, sshConfig } from '../../ssh/config.js'
import { clear } from '../clear.js'
import { type Answer, SupervisorClient } from '../client.js'
import { ConsoleLog } from '../console.js'
import { ConsoleReader } from '../console-rules.js'
import { boundPorts } from '../forwards.js'
import type { Plan } from '../plan.js'
import { Qmp } from '../qmp.js'
import { keepRepro } from '../repro.js'
import { type Stage, stageOf } from '../stages.js'
import { files, type VmState, writeVm } from '../state.js'
import { anyCid } from '../vsock.js'
import { awaken, type Awakening } from './awaken.js'
import { firstState } from './first-state.js'
import { untilFrozen } from './heart.js'
import { saveJournal } from './journal.js'
import { Judge } from './judge.js'
import { resume, save } from './migration.js'
import { powerOff, quitWait } from './power-off.js'
import { type Qemu, startQemu } from './qemu.js'
import { type Attempt, untilReady, uuid } from './readiness.js'
import { untilAtRest } from './rest.js'
import { Restarts } from './restarts.js'
import { answer, StateServer } from './server.js'
import {
  bootDeadlineFailure,
  brokenHostKey,
  complaintFailure,
  hostFailure,
  sandboxRefused,
  vsockCidTaken,
} from './verdict.js'

/** Node's timers hold 31 bits of milliseconds, 24 days; a longer one would end at once. */
const longestTimer = 2 ** 31 - 1

/** Milliseconds for the booting process to take its lease; one that was killed before never will. */
const leaseWait = 10_000

/** Milliseconds between looks whether the state folder is still there. */
const folderGlance = 1000

/** How often another vsock CID is tried. */
const cidTries = 5

/** Owns one VM: starts QEMU, watches the console and QMP, decides on ready or failed, and ends QEMU. */
export class Supervisor {
  private state: VmState
  private readonly server: StateServer
  private readonly console: ConsoleLog
  private readonly judge: Judge
  private readonly restarts: Restarts
  private readonly over = new AbortController()
  private readonly started = performance.now()
  private qemu: Qemu | undefined
  private qmp: Qmp | undefined
  private lastAttempt: { kind: Attempt; stderr: string } | undefined
  private sandbox: boolean
  private stopping = false
  private leased = false
  private trials = 0
  /** Settled when the VM is not being saved. */
  private saved: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly folder: string,
    private readonly plan: Plan,
  ) {
    this.sandbox = plan.machine.sandbox
    this.state = firstState(folder, plan)
    this.console = new ConsoleLog(
      this.state.console,
      plan.consoleLimit,
      (line) => {
        this.read(line)
      },
      () => this.elapsed(),
    )
    this.judge = new Judge({
      folder,
      rules: new ConsoleReader(plan.consoleRules),
      booting: () => this.state.state === 'booting',
      onTrial: () => this.trials > 0,
      tail: () => this.console.tail(),
      fail: (failure) => {
        this.fail(failure)
      },
      note: (failure) => {
        this.restarts.fail(failure.toReport())
      },
      restarted: () => {
        this.restarts.begin()
      },
    })
    this.restarts = new Restarts(
      () => this.elapsed(),
      (restarts) => {
        this.publish({ restarts })
      },
    )
    this.server = new StateServer(() => this.state, {
      stop: () => {
        this.stop()
      },
      lease: (client) => {
        this.leased = true
        client.once('close', () => {
          if (this.state.state === 'booting') this.stop()
        })
      },
      trial: (client) => {
        this.trials += 1
        client.once('close', () => (this.trials -= 1))
      },
      booted: (_client, { bootId = '' }) => {
        if (uuid.test(bootId)) this.publish({ bootId })
      },
      fork: (client, { id = '', into = '' }) => {
        void this.save(into).then((outcome) => {
          answer(client, { id, ...outcome })
        })
      },
      console: (client, { id = '' }) => {
        // What QEMU had written by now is read in the next turn at the latest.
        setImmediate(() => setImmediate(answer, client, { id }))
      },
    })
  }

  /** Runs the VM to its end. */
  async run(): Promise<void> {
    writeVm(this.folder, this.state)
    await this.server.listen()
    this.after(this.plan.maxLifetime, () => {
      this.fail(new Failure({ class: 'lifetime', message: 'the VM reached its max-lifetime' }))
    })
    this.after(leaseWait, () => {
      if (!this.leased) this.stop()
    })
    this.watchFolder()
    this.after(this.plan.bootTimeout, () => {
      if (this.state.state === 'booting') {
        this.fail(bootDeadlineFailure(this.plan.bootTimeout, this.stage(), this.lastAttempt, this.judge.hint))
      }
    })
    if (this.plan.fork) void this.endWith(this.plan.fork.of)
    await this.live().catch((error: unknown) => {
      this.fail(hostFailure(error))
    })
    this.end()
    await this.server.close()
  }

  /** Ends the VM in good order, for whoever asked. */
  stop(): void {
    if (this.stopping) return
    this.stopping = true
    // A fork is made to be thrown away.
    const asked = this.state.state === 'ready' && !this.plan.fork
    void powerOff(this.qemu, this.qmp, { asked, over: this.over.signal })
  }

  /** Ends a fork when its original has ended. */
  private async endWith(original: string): Promise<void> {
    const client = await SupervisorClient.connect(original).catch(() => undefined)
    await client?.gone
    this.stop()
  }

  /** Saves the VM, once at a time, and gives what came of it. */
  private save(into: string): Promise<Omit<Answer, 'id'>> {
    const saved = this.saved.then(async (): Promise<Omit<Answer, 'id'>> => {
      const { qemu, qmp } = this
      if (!qemu || !qmp || this.state.state !== 'ready') return { error: 'the VM is not ready' }
      try {
        await untilAtRest(qemu.pid, this.over.signal)
        await save(qmp, { ...this.plan.machine, sandbox: this.sandbox }, into)
        // The guest stood still meanwhile, and its clock with it.
        await awaken(this.login())
        return {}
      } catch (error) {
        return { error: `the VM could not be saved: ${String(error)}` }
      }
    })
    this.saved = saved
    return saved
  }

  private elapsed(): number {
    return (performance.now() - this.started) / 1000
  }

  /** Without its folder nobody can reach the VM any more. */
  private watchFolder(): void {
    this.after(folderGlance, () => {
      if (existsSync(files.state)) this.watchFolder()
      else
        this.fail(
          new Failure({ class: 'qemu-exit', message: `the VM's state folder has gone: ${this.folder}` }),
        )
    })
  }

  private after(milliseconds: number, act: () => void): void {
    const wait = Math.min(milliseconds, longestTimer)
    sleep(wait, undefined, { signal: this.over.signal, ref: false }).then(act, () => undefined)
  }

  private publish(change: Partial<VmState>): void {
    this.state = { ...this.state, ...change }
    try {
      writeVm(this.folder, this.state)
    } catch (error) {
      // A full disk must not keep those who listen from learning of it.
      console.error(error)
    }
    this.server.broadcast()
  }

  /**
   * Nothing reserves a vsock CID before QEMU does, so one that turns out to be taken is tried again with another; and
   * only QEMU itself tells whether it has a sandbox.
   */
  private async live(): Promise<void> {
    for (let tries = cidTries; ; tries -= 1) {
      const qemu = this.start()
      const how = await qemu.ended
      if (tries > 0 && !this.stopping && this.canDoWithout(qemu.complaint())) continue
      this.fail(this.judge.verdict ?? complaintFailure(qemu.complaint(), how))
      return
    }
  }

  /** Settles for less where QEMU could not have what was wanted. False when that was not the trouble. */
  private canDoWithout(complaint: string): boolean {
    if (this.plan.anyVsockCid && vsockCidTaken.test(complaint)) this.publish({ vsockCid: anyCid() })
    else if (this.sandbox && sandboxRefused.test(complaint)) this.sandbox = false
    else return false
    return true
  }

  private start(): Qemu {
    const machine = { ...this.plan.machine, vsockCid: this.state.vsockCid, sandbox: this.sandbox }
    const qemu = startQemu(machine, this.folder, this.plan.fork?.deviceState)
    this.qemu = qemu
    if (this.stopping) qemu.process.kill('SIGKILL')
    qemu.console.setEncoding('utf8').on('data', (chunk: string) => {
      try {
        this.console.add(chunk)
      } catch (error) {
        this.fail(hostFailure(error))
      }
      this.judge.read(this.console.unfinished())
    })
    this.publish({ pid: qemu.pid })
    this.boot(qemu).catch(async (error: unknown) => {
      // When QEMU ends while it is being set up, its end says more than the broken connection does.
      await Promise.race([qemu.ended, sleep(quitWait, undefined, { ref: false })])
      if (qemu === this.qemu) this.fail(hostFailure(error))
    })
    return qemu
  }

  private async boot(qemu: Qemu): Promise<void> {
    const qmp = await Qmp.open(qemu.qmp, (event) => {
      this.judge.hear(event)
    })
    this.qmp = qmp
    const { ssh: port, forward } = await boundPorts(qmp, this.plan.machine)
    const access: SshAccess & { port: number } = { ...this.state.ssh, port }
    writeFileSync(access.configFile, sshConfig(access, this.plan.ssh.pinned), { mode: 0o600 })
    this.publish({ ssh: access, forward })
    void untilFrozen(qemu.pid, qmp, this.over.signal).then((failure) => {
      if (failure) this.fail(failure)
    })
    if (this.plan.fork) await resume(qmp)
    const login = this.login()
    const onListening = (): void => {
      this.reach('sshd')
    }
    const bootId = await (this.plan.fork ? awaken(login) : untilReady({ ...login, qmp, port, onListening }))
    if (this.state.state !== 'booting') return
    this.reach('ready')
    this.publish({ state: 'ready', bootId })
  }

  private login(): Awakening {
    return {
      configFile: this.state.ssh.configFile,
      user: this.state.ssh.user,
      signal: this.over.signal,
      onAttempt: (kind, stderr) => {
        this.lastAttempt = { kind, stderr }
        if (kind === 'host-key') this.fail(brokenHostKey(stderr))
      },
    }
  }

  private stage(): Stage {
    return (Object.keys(this.state.timings).at(-1) ?? 'firmware') as Stage
  }

  private reach(stage: Stage): void {
    if (this.state.state !== 'booting' || stage in this.state.timings) return
    this.publish({ timings: { ...this.state.timings, [stage]: Number(this.elapsed().toFixed(3)) } })
  }

  private read(line: string): void {
    const stage = stageOf(line)
    if (stage && this.state.state === 'booting') this.reach(stage)
    else if (stage) this.restarts.reach(stage)
    this.judge.read(line)
  }

  /** Settles the VM's fate once; what comes later is a consequence. */
  private fail(failure: Failure): void {
    if (this.over.signal.aborted) return
    this.over.abort()
    const works = this.state.state === 'ready' && ['console', 'lifetime'].includes(failure.class)
    if (this.stopping) this.publish({ state: 'stopped' })
    else {
      const evidence = [...failure.evidence, ...this.console.tail()]
      const stage = this.state.state === 'booting' ? { stage: this.stage() } : {}
      this.publish({ state: 'failed', failure: { ...failure.toReport(), ...stage, evidence } })
    }
    const journal = works && !this.stopping ? saveJournal(this.state.ssh.configFile) : Promise.resolve()
    void journal.catch(console.error).then(() => this.qemu?.process.kill('SIGKILL'))
  }

  private end(): void {
    this.console.end()
    try {
      if (this.state.state === 'failed') keepRepro(this.folder)
    } catch (error) {
      console.error(error)
    }
    clear(this.folder)
  }
}
