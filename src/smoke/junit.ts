import { formatCounts, type SmokeReport, type Status, type TestResult } from './result.js'

/**
 * The report as JUnit XML: a suite per test file, a case per test.
 * Form: Jenkins xunit plugin, junit-10.xsd, which also has the reruns and flaky failures of Maven Surefire.
 */
export function renderJunit(report: SmokeReport): string {
  const suites = [...new Set(report.tests.map(suiteOf))].map((name) => ({
    name,
    tests: report.tests.filter((test) => suiteOf(test) === name),
  }))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open('testsuites', { name: 'smoke tests', ...summed(report.tests) }),
    ...suites.flatMap(({ name, tests }, index) => [
      open('testsuite', {
        ...{ name, id: index, ...summed(tests), skipped: having(tests, 'skipped') },
        timestamp: report.startedAt.slice(0, 19),
      }),
      ...(index === 0 ? properties(report) : []),
      ...tests.flatMap((test) => testcase(name, test)),
      '</testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf({ source }: TestResult): string {
  return source === null ? 'built-in checks' : source.file
}

function having(tests: readonly TestResult[], status: Status): number {
  return tests.filter((test) => test.status === status).length
}

function summed(tests: readonly TestResult[]): Record<string, string | number> {
  return {
    tests: tests.length,
    failures: having(tests, 'failed'),
    errors: 0,
    time: tests.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  }
}

function properties({ vm, counts, failure }: SmokeReport): string[] {
  const entries = {
    counts: formatCounts(counts),
    vm: vm.name,
    image: vm.image.digest ?? vm.image.path,
    accelerator: vm.accelerator,
    qemu: vm.qemuVersion,
    ...(vm.bootId !== null && { 'boot-id': vm.bootId }),
    ...(failure !== undefined && { failure: `${failure.class}: ${failure.message}` }),
  }
  const lines = Object.entries(entries).map(
    ([name, value]) => `<property name="${name}" value="${attribute(value)}"/>`,
  )
  return ['<properties>', ...lines, '</properties>']
}

function testcase(classname: string, test: TestResult): string[] {
  const where = test.source === null ? [] : [`${test.source.file}:${test.source.line}`]
  const details = (reason: string, type: string): string =>
    `${open(type, { message: reason, type: 'smoke-test' })}${text([...where, reason, ...subtests(test), ...printed(test)].join('\n'))}</${type}>`
  const reason = test.reason ?? ''
  return [
    open('testcase', { name: test.name, classname, time: test.seconds.toFixed(3) }),
    ...(test.status === 'failed' ? [details(reason, 'failure')] : []),
    ...(test.status === 'skipped' ? [`<skipped message="${attribute(reason)}"/>`] : []),
    ...(test.flaky
      ? test.attempts.slice(0, -1).map((attempt) => details(attempt.reason ?? '', 'flakyFailure'))
      : []),
    ...(test.stdout === '' ? [] : [`<system-out>${text(test.stdout)}</system-out>`]),
    ...(test.stderr === '' ? [] : [`<system-err>${text(test.stderr)}</system-err>`]),
    '</testcase>',
  ]
}

function subtests(test: TestResult): string[] {
  return test.subtests.map(({ status, name, reason }) =>
    [`${status}: ${name}`, reason].filter((part) => part !== undefined).join(', '),
  )
}

function printed({ vm, console }: TestResult): string[] {
  return console.length === 0 ? [] : [`The console of ${vm ?? ''} meanwhile:`, ...console]
}

function open(tag: string, attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${attribute(String(value))}"`)
  return `<${tag}${written.join('')}>`
}

/* Characters that no XML 1.0 document may have, not even escaped. Source: https://www.w3.org/TR/xml/#charsets */
// eslint-disable-next-line no-control-regex
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\p{Surrogate}\ufffe\uffff]/gu

function text(raw: string): string {
  return raw
    .replace(impossible, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

/** A parser turns white space in an attribute into spaces, unless it is written by number. */
function attribute(raw: string): string {
  return text(raw).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}
