import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The folder of this project, found upwards from the running file, be it a source or a bundle under dist/. */
export function checkout(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json')
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }
      if (name === 'guestos-actions') return folder
    }
    if (folder === path.dirname(folder)) {
      throw new Error(`no checkout of guestos-actions around ${import.meta.dirname}`)
    }
  }
}

/** Something of the default recipe, which comes with the actions: what the value `guestos` of an input stands for. */
export function bundled(...names: readonly string[]): string {
  return path.join(checkout(), 'guestos', ...names)
}
