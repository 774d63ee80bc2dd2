import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { checkout } from '../../runtime/checkout.js'
import { visible } from '../../runtime/inert.js'
import type { PageData } from './data.js'

/** The page's own code, made by tools/bundle.ts out of client/ and uPlot. */
export interface PageCode {
  readonly script: string
  readonly style: string
}

export function pageCode(folder = path.join(checkout(), 'dist/benchmark-page')): PageCode {
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8')
  return { script: read('index.js'), style: read('index.css') }
}

/**
 * One file that shows a run, without a network: its policy lets nothing in but its own script and style. What the guest
 * named is data that no HTML parser sees as markup, and that the script shows as text.
 */
export function pageOf(data: PageData, { script, style }: PageCode): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(data.record.runner.name)}</title>
<style>${style}</style>
</head>
<body>
<noscript>The charts need JavaScript; run-record.json and metrics.json hold what they would show.</noscript>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script>${script}</script>
</body>
</html>
`
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const escaped = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
