import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { DOMParser, type Element } from '@xmldom/xmldom'
import { XMLParser } from 'fast-xml-parser'
import { XmlDocument, XsdValidator } from 'libxml2-wasm'
import { renderJunit } from '../../../src/smoke/junit.js'
import { hostile, mixed, report, result } from './example.js'

/** What a text becomes that XML cannot carry whole. */
const carried = (text: string): string =>
  // eslint-disable-next-line no-control-regex
  text.replace(/[\u0000\u001b\ud800\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

function byDom(xml: string) {
  const document = new DOMParser({
    onError: (level, message) => {
      throw new Error(`${level}: ${message}`)
    },
  }).parseFromString(xml, 'text/xml')
  const cases = [...document.getElementsByTagName('testcase')]
  const child = (element: Element, name: string): string | undefined =>
    element.getElementsByTagName(name)[0]?.textContent ?? undefined
  return cases.map((element) => ({
    name: element.getAttribute('name') ?? '',
    failure: element.getElementsByTagName('failure')[0]?.getAttribute('message') ?? undefined,
    skipped: element.getElementsByTagName('skipped')[0]?.getAttribute('message') ?? undefined,
    flaky: element.getElementsByTagName('flakyFailure').length,
    stdout: child(element, 'system-out'),
  }))
}

function byFast(xml: string) {
  type Case = Record<string, string> & Record<'failure' | 'skipped', { '@message': string } | undefined>
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    trimValues: false,
    parseTagValue: false,
    htmlEntities: true,
    isArray: (name) => ['testsuite', 'testcase', 'flakyFailure'].includes(name),
  })
  const parsed = parser.parse(xml) as { testsuites: { testsuite: { testcase: Case[] }[] } }
  return parsed.testsuites.testsuite
    .flatMap(({ testcase }) => testcase)
    .map((element) => ({
      name: element['@name'] ?? '',
      failure: element.failure?.['@message'],
      skipped: element.skipped?.['@message'],
      flaky: element.flakyFailure?.length ?? 0,
      stdout: element['system-out'],
    }))
}

test('two parsers read the same back, whatever the text', () => {
  const xml = renderJunit(mixed)
  const expected = ['passes', ...mixed.tests.slice(1).map(({ name }) => carried(name))]
  const dom = byDom(xml)
  expect(dom.map(({ name }) => name)).toEqual(expected)
  expect(dom[1]).toMatchObject({
    failure: carried(mixed.tests[1]?.reason ?? ''),
    stdout: carried(mixed.tests[1]?.stdout ?? ''),
  })
  expect(dom[2]).toMatchObject({ skipped: 'needs | more # of it', failure: undefined })
  expect(dom[3]).toMatchObject({ flaky: 1, failure: undefined })
  expect(byFast(xml)).toEqual(dom)
})

/** Throws where the text departs from the schema that the Jenkins xunit plugin publishes; pytest carries the same file. */
function validate(xml: string): void {
  using schema = XmlDocument.fromString(
    readFileSync(new URL('../../fixtures/junit-10.xsd', import.meta.url), 'utf8'),
  )
  using validator = XsdValidator.fromDoc(schema)
  using document = XmlDocument.fromString(xml)
  validator.validate(document)
}

test('it is valid by the published schema, whatever the text', () => {
  const failure = { class: 'kernel-panic', message: hostile, evidence: [hostile] } as const
  for (const each of [mixed, report([]), report(mixed.tests, { failure })]) {
    expect(() => {
      validate(renderJunit(each))
    }).not.toThrow()
  }
  expect(() => {
    validate(renderJunit(mixed).replace('<testcase ', '<testcase of="none" '))
  }).toThrow("The attribute 'of' is not allowed")
})

test('a suite for each file, with counts that add up', () => {
  const xml = renderJunit(
    report([
      result({ name: 'a', source: null }),
      result({ name: 'b', source: { file: 'x.yml', line: 1 }, status: 'failed', reason: 'r' }),
      result({ name: 'c', source: { file: 'x.yml', line: 2 }, status: 'skipped', reason: 'r' }),
    ]),
  )
  expect(xml).toContain('<testsuites name="smoke tests" tests="3" failures="1" errors="0" time="3.750">')
  expect(xml).toContain('<testsuite name="built-in checks" id="0" tests="1" failures="0"')
  expect(xml).toContain(
    '<testsuite name="x.yml" id="1" tests="2" failures="1" errors="0" time="2.500" skipped="1"',
  )
})
