import type { RunRecord } from '../../record.js'
import { element } from './element.js'
import { digits, time } from '../../metrics/shown.js'

/** What was run, where, and how it ended. */
export function header(record: RunRecord, themeChanged: () => void): HTMLElement {
  const { environment, runner, run, problems, partial } = record
  const { guest, host } = environment
  const state = partial ? 'partial' : problems.length > 0 ? 'with problems' : 'complete'
  const facts: [string, string | null][] = [
    ['Started', new Date(run.startedAt).toLocaleString()],
    ['Took', time(runner.seconds)],
    ['Guest', `${guest.cpus} CPUs, ${digits(guest.memory / 2 ** 30)} GiB, kernel ${guest.kernel}`],
    ['Host', `${host.cpus} × ${host.cpuModel}, kernel ${host.kernel}`],
    [
      'Machine',
      `QEMU ${environment.qemu}, ${environment.accelerator === 'kvm' ? 'KVM' : 'emulated, without KVM'}`,
    ],
    ['Commit', run.sha],
    ['Image', environment.imageDigest],
  ]
  return element('header', {}, [
    element('div', { className: 'title' }, [
      element('h1', {}, [runner.name]),
      element('span', { className: `state ${partial || problems.length > 0 ? 'bad' : 'good'}` }, [state]),
      themeButton(themeChanged),
    ]),
    ...problems.map((problem) => element('pre', { className: 'problem' }, [problem])),
    element(
      'dl',
      {},
      facts.flatMap(([name, value]) =>
        value === null
          ? []
          : [element('div', {}, [element('dt', {}, [name]), element('dd', { title: value }, [value])])],
      ),
    ),
  ])
}

/** Light and dark follow the system until somebody wants it otherwise. */
function themeButton(changed: () => void): HTMLElement {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', changed)
  const button = element('button', { className: 'theme', title: 'Light or dark', type: 'button' }, ['◐'])
  button.setAttribute('aria-label', 'Light or dark')
  button.addEventListener('click', () => {
    const root = document.documentElement
    const now = root.dataset.theme ?? (dark.matches ? 'dark' : 'light')
    root.dataset.theme = now === 'dark' ? 'light' : 'dark'
    changed()
  })
  return button
}
