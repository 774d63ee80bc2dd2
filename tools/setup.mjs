/**
 * Everything a command of this project needs, on a fresh clone: `node tools/setup.mjs [vm] [sshd] [metrics] [browser]`.
 * Runs before anything is installed, so it uses nothing but Node itself. With nothing to do it takes some milliseconds.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Says that this is the process that holds the lock. */
const locked = '--locked'

/** The folders with a package-lock.json of their own. */
const npmFolders = [root, path.join(root, 'tools/node-versions')]

/** Debian and Ubuntu name all of these alike. */
const systemPackages = {
  /** To build an image and to run it. */
  vm: [
    'qemu-system-x86',
    'qemu-utils',
    'ovmf',
    'openssh-client',
    'mmdebstrap',
    'debian-archive-keyring',
    // mmdebstrap only recommends it, and without it trusts no vendor but the host's own.
    'gpg',
    'mtools',
    'dosfstools',
    'fdisk',
    'e2fsprogs',
    'fakeroot',
    'uidmap',
    'zstd',
    'util-linux',
    'git',
  ],
  /** For tests that talk to a real server without a guest. */
  sshd: ['openssh-server'],
  /** For the tests of node metrics: what else tells them, and what takes them. */
  metrics: ['prometheus', 'prometheus-node-exporter', 'victoria-metrics'],
  browser: ['chromium'],
}

/** The tests start servers of their own; installing a package is not to open this machine to the network. */
const services = {
  'openssh-server': ['ssh.service', 'ssh.socket'],
  prometheus: ['prometheus.service'],
  'prometheus-node-exporter': ['prometheus-node-exporter.service'],
  'victoria-metrics': ['victoria-metrics.service'],
}

class SetupError extends Error {}

/** Below this Node lacks what the tools and their libraries use. */
function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new SetupError(
    `Node.js 20.19 or newer is needed; this is ${process.versions.node}. See https://nodejs.org`,
  )
}

/** The packages in a lock file by their place. */
function packages(lockfile) {
  const { packages: entries = {} } = existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')) : {}
  return new Map(Object.entries(entries).filter(([name]) => name !== ''))
}

/** Whether node_modules holds what package-lock.json says: npm leaves a lock file of its own in there. */
function isInstalled(folder) {
  const wanted = packages(path.join(folder, 'package-lock.json'))
  const found = packages(path.join(folder, 'node_modules/.package-lock.json'))
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity
  return (
    found.size > 0 &&
    [...found].every(([name, entry]) => wanted.has(name) && same(entry, wanted.get(name))) &&
    [...wanted].every(([name, entry]) => found.has(name) || entry.optional === true)
  )
}

/** Two at once would empty node_modules under each other: the first to hold the lock works, the next finds it done. */
function installNodeModules(isLocked) {
  const folders = npmFolders.filter((folder) => !isInstalled(folder))
  if (folders.length > 0 && !isLocked && has('flock')) {
    mkdirSync(path.join(root, '.local'), { recursive: true })
    const command = [
      path.join(root, '.local/setup.lock'),
      process.execPath,
      fileURLToPath(import.meta.url),
      locked,
    ]
    const { status } = spawnSync('flock', command, { stdio: 'inherit' })
    // The other process has said what went wrong.
    if (status !== 0) process.exit(1)
    return
  }
  for (const folder of folders) {
    console.log(`Installing the packages of ${path.relative(root, folder) || 'this project'} …`)
    execute(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  }
}

/** Runs a command with our own standard streams. */
function execute([program, ...args], cwd = root) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' })
  if (error) throw new SetupError(`${program} cannot be started: ${error.message}`)
  if (status !== 0) throw new SetupError(`${[program, ...args].join(' ')} failed with exit status ${status}`)
}

function has(program) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, program)))
}

/** The ones of these system packages that are not installed. */
function missing(names) {
  const query = ['--show', '--showformat=${Package} ${db:Status-Status}\n', ...names]
  const { stdout } = spawnSync('dpkg-query', query, { encoding: 'utf8' })
  const installed = new Set(stdout.split('\n').filter((line) => line.endsWith(' installed')))
  return names.filter((name) => !installed.has(`${name} installed`))
}

function installSystemPackages(sets) {
  const names = sets.flatMap((set) => systemPackages[set])
  if (names.length === 0) return
  if (!has('dpkg-query') || !has('apt-get')) {
    console.warn(`This is not Debian or Ubuntu; please see to it that it has: ${names.join(' ')}`)
    return
  }
  const needed = missing(names)
  if (needed.length === 0) return
  const isRoot = process.getuid?.() === 0
  const install = [
    'apt-get',
    'install',
    '--yes',
    '--no-install-recommends',
    '-o',
    'DPkg::Lock::Timeout=300',
    ...needed,
  ]
  if (!isRoot && !has('sudo')) {
    throw new SetupError(
      `Some packages are missing, and installing them takes root. As root:\n  ${install.join(' ')}`,
    )
  }
  console.log(`Installing ${needed.join(' ')}${isRoot ? '' : ' (with sudo)'} …`)
  const asRoot = (command) =>
    execute([...(isRoot ? [] : ['sudo']), 'env', 'DEBIAN_FRONTEND=noninteractive', ...command])
  const unwanted = needed.flatMap((name) => services[name] ?? [])
  if (unwanted.length > 0 && existsSync('/run/systemd/system')) {
    console.log(
      `For the tests only, so these are masked (systemctl unmask to use them): ${unwanted.join(' ')}`,
    )
    asRoot(['systemctl', 'mask', ...unwanted])
  }
  try {
    asRoot(install)
  } catch {
    // Package lists that are missing or stale are the usual reason.
    asRoot(['apt-get', 'update', '-o', 'DPkg::Lock::Timeout=300'])
    asRoot(install)
  }
}

try {
  checkNode()
  const sets = process.argv.slice(2).filter((argument) => argument !== locked)
  const unknown = sets.filter((set) => !(set in systemPackages))
  if (unknown.length > 0) {
    throw new SetupError(
      `Unknown: ${unknown.join(', ')}; there are: ${Object.keys(systemPackages).join(', ')}`,
    )
  }
  installNodeModules(process.argv.includes(locked))
  installSystemPackages(sets)
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
