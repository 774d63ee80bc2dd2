import { existsSync } from 'node:fs'
import path from 'node:path'

/**
 * The recipe.yml that comes with these actions under a name, found from where the program lies: `dist/build/main` in a
 * bundle, `actions/build` in the source. Undefined when there is none.
 */
export function bundledRecipe(name: string, program = process.argv[1] ?? ''): string | undefined {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) return undefined
  for (let folder = path.dirname(path.resolve(program)); ; folder = path.dirname(folder)) {
    const recipe = path.join(folder, name, 'recipe.yml')
    if (existsSync(recipe)) return recipe
    if (folder === path.dirname(folder)) return undefined
  }
}
