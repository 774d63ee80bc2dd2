import path from 'node:path'

/** The deepest folder that holds all of the absolute paths. */
export function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((item) => path.normalize(item).split(path.sep))
  const differing = first.findIndex((part, index) => others.some((parts) => parts[index] !== part))
  return first.slice(0, differing < 0 ? first.length : differing).join(path.sep) || path.sep
}
