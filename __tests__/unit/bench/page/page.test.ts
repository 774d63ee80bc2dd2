import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Browser } from 'playwright-core'
import type { Figure } from '../../../../src/bench/metrics/figures.js'
import { type PageCode, pageCode, pageOf } from '../../../../src/bench/page/page.js'
import { spansOf } from '../../../../src/bench/spans.js'
import { bundlePage } from '../../../../tools/bundle-page.js'
import { coloursOf, openOffline, screenshots, startBrowser } from '../../../fixtures/browser.js'
import { sampleRecord } from './sample-record.js'

let folder: string
let file: string
let code: PageCode
let browser: Browser

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'page-'))
  file = path.join(folder, 'benchmarks.html')
  await bundlePage(folder)
  code = pageCode(folder)
  browser = await startBrowser()
}, 60_000)
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true })
})

const times = Array.from({ length: 121 }, (_, second) => second - 0.5)
const wave = (length: number, height: number): (number | null)[] =>
  times.map((time) => (time > 60 && time < 64 ? null : (Math.sin(time / length) + 1) * height))

const figures: Figure[] = [
  {
    ...{ id: 'guest-cpu', title: 'CPU', unit: '%', times },
    lines: [
      { name: 'busy', values: wave(9, 45) },
      { name: 'user', values: wave(7, 20) },
    ],
  },
  {
    ...{ id: 'guest-memory', title: 'Memory', unit: 'bytes', times },
    lines: [{ name: 'used', values: wave(30, 2e8) }],
  },
  {
    ...{ id: 'host-disk', title: 'Disk of the host', unit: 'bytes/s', times },
    lines: [{ name: '</script><script>alert(1)</script>', values: wave(3, 1e6) }],
  },
]

const evil = '</script><img src=x onerror=alert(1)><!--<script>'

function write(record = sampleRecord()): void {
  writeFileSync(file, pageOf({ record, figures, spans: spansOf(record) }, code))
}

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 400],
] as const)('charts are drawn and answer to the mouse: %s, %i wide', async (colorScheme, width) => {
  write()
  const { page, problems } = await openOffline(browser, file, { colorScheme, width })
  for (const { id } of figures) expect(await coloursOf(page, `#${id}`)).toBeGreaterThan(10)
  const legend = page.locator('#guest-cpu .u-legend')
  expect(await legend.textContent()).toContain('busy')
  await page.locator('#guest-cpu .u-over').hover({ position: { x: 60, y: 60 } })
  const [first, other] = [legend, page.locator('#guest-memory .u-legend')]
  expect(await first.textContent()).toMatch(/at:?.*\d s.*busy:?.*\d %/)
  // The cursor is the same in every chart.
  expect(await other.textContent()).toMatch(/used:?.*\d MiB/)
  await page.screenshot({ path: path.join(screenshots, `page-${colorScheme}-${width}.png`), fullPage: true })
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  expect(problems).toEqual([])
  await page.context().close()
})

test('a drag and a phase zoom all charts, a double-click shows the whole run, a name hides its line', async () => {
  write()
  const { page, problems } = await openOffline(browser, file, { colorScheme: 'light', width: 1280 })
  const one = async (id: string): Promise<string> => {
    const over = page.locator(`#${id} .u-over`)
    await over.scrollIntoViewIfNeeded()
    const width = (await over.boundingBox())?.width ?? 0
    const seen: string[] = []
    for (const x of [2, width - 2]) {
      await over.hover({ position: { x, y: 20 } })
      seen.push((await page.locator(`#${id} .u-legend .u-value`).first().textContent()) ?? '')
    }
    return seen.join(' to ')
  }
  const whole = await one('guest-memory')
  await page.getByRole('button', { name: /^second/ }).click()
  expect(await one('guest-memory')).toBe('40.5 s to 89.5 s')
  expect(await one('host-disk')).toBe('40.5 s to 89.5 s')
  await page.locator('#guest-cpu .u-over').dblclick({ position: { x: 200, y: 50 } })
  expect(await one('host-disk')).toBe(whole)

  const box = (await page.locator('#guest-cpu .u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  await page.mouse.move(box.x + box.width / 4, box.y + 40)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2, box.y + 60, { steps: 5 })
  await page.mouse.up()
  expect(await one('host-disk')).toMatch(/^(29|30|31)(\.\d)? s to (59|60)(\.\d)? s$/)

  const before = await coloursOf(page, '#guest-cpu')
  await page.locator('#guest-cpu .u-legend .u-series', { hasText: 'busy' }).locator('th').click()
  expect(await coloursOf(page, '#guest-cpu')).toBeLessThan(before)
  expect(problems).toEqual([])
  await page.context().close()
})

test('whatever the guest names is text', async () => {
  const record = sampleRecord(evil)
  write(record)
  const { page, problems } = await openOffline(browser, file, { colorScheme: 'light', width: 1280 })
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  expect(await page.title()).toBe(evil)
  expect(await page.locator('h1').textContent()).toBe(evil)
  expect(await page.locator('td.name').first().textContent()).toBe(evil)
  expect(await page.locator('.phase b').first().textContent()).toBe(evil)
  expect(await page.locator('img').count()).toBe(0)
  expect(await page.locator('script').count()).toBe(2)
  expect([dialogs, problems]).toEqual([[], []])
  await page.context().close()
})

test('the theme changes at a click, and the charts with it', async () => {
  write()
  const { page } = await openOffline(browser, file, { colorScheme: 'light', width: 1280 })
  const background = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor')
  const light = await background()
  await page.getByRole('button', { name: 'Light or dark' }).click()
  expect(await background()).not.toBe(light)
  expect(await page.locator('#guest-cpu canvas').count()).toBe(1)
  await page.context().close()
})

test("uPlot's licence goes with the page", () => {
  expect(code.script).toContain('The MIT License (MIT)')
  expect(code.script).not.toMatch(/<\/script|<!--/i)
  expect(code.style).not.toMatch(/<\/style/i)
})
