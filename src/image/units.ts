import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { UserError } from '../runtime/errors.js'
import { linkInto } from './tree.js'

export interface Link {
  /** Relative to the guest's root. */
  readonly path: string
  readonly target: string
}

/** Where units lie in the guest, the first found winning, as for systemd itself. */
const unitFolders = ['etc/systemd/system', 'usr/lib/systemd/system', 'lib/systemd/system']

/**
 * The links that switch a unit on, by its [Install] section (WantedBy, RequiredBy, Alias). `Also` is not followed: a
 * recipe names every unit it wants.
 * Source: https://www.freedesktop.org/software/systemd/man/252/systemd.unit.html#%5BInstall%5D%20Section%20Options
 */
export function enableLinks(unit: string, folder: string, text: string): Link[] {
  const install = text.split(/^\[Install\]\s*$/m)[1]?.split(/^\[/m)[0] ?? ''
  const values = (key: string): string[] =>
    [...install.matchAll(new RegExp(`^${key}\\s*=(.*)$`, 'gm'))]
      .flatMap(([, list = '']) => list.trim().split(/\s+/))
      .filter(Boolean)
  const target = `/${folder}/${unit.replace(/@.*\./, '@.')}`
  const links = [
    ...values('WantedBy').map((by) => `${by}.wants/${unit}`),
    ...values('RequiredBy').map((by) => `${by}.requires/${unit}`),
    ...values('Alias'),
  ]
  return links.map((link) => ({ path: `etc/systemd/system/${link}`, target }))
}

/** The link that keeps a unit from ever starting. */
export function maskLink(unit: string): Link {
  return { path: `etc/systemd/system/${unit}`, target: '/dev/null' }
}

/** @throws {UserError} when the tree has no such unit, or nothing says when to start it */
export function enableUnit(tree: string, unit: string): void {
  const file = unit.replace(/@.*\./, '@.')
  const folder = unitFolders.find((candidate) => existsSync(path.join(tree, candidate, file)))
  if (folder === undefined) {
    throw new UserError(`units.enable: no package or component brings ${unit}`)
  }
  const links = enableLinks(unit, folder, readFileSync(path.join(tree, folder, file), 'utf8'))
  if (links.length === 0)
    throw new UserError(`units.enable: ${unit} has no [Install] section to enable it by`)
  for (const link of links) linkInto(tree, link.path, link.target)
}

export function maskUnit(tree: string, unit: string): void {
  const link = maskLink(unit)
  linkInto(tree, link.path, link.target)
}
