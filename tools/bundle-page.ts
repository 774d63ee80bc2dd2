import { readFileSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'

const root = path.resolve(import.meta.dirname, '..')

/** Makes the code of the benchmarks' page: index.js and index.css, with the licence of uPlot, which goes with every page. */
export async function bundlePage(out: string): Promise<void> {
  const licence = readFileSync(path.join(root, 'node_modules/uplot/LICENSE'), 'utf8').trim()
  const banner = `/*! uPlot, https://github.com/leeoniya/uPlot\n${licence}\n*/`
  await build({
    entryPoints: [path.join(root, 'src/bench/page/client/main.ts')],
    outfile: path.join(out, 'index.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    // A page is one file: nothing in it may end its script or its style.
    charset: 'ascii',
    legalComments: 'none',
    banner: { js: banner, css: banner },
    tsconfig: path.join(root, 'src/bench/page/client/tsconfig.json'),
    logLevel: 'warning',
  })
}
