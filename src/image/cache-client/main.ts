/** `main.js restore|save KEY`: the client of actions/cache, for the folder `entry` of the working directory. */
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache'
import * as core from '@actions/core'

const paths = ['entry']

/** Milliseconds in which the service has to know whether it has a key. */
const lookupTime = 30_000

const [does, key = ''] = process.argv.slice(2)
if (isFeatureAvailable()) {
  const late = setTimeout(() => {
    core.warning('the service does not answer')
    process.exit()
  }, lookupTime)
  // Saving packs everything before it learns that the key is taken.
  const found = await restoreCache(paths, key, [], { lookupOnly: true })
  clearTimeout(late)
  if (does === 'restore' && found === key) await restoreCache(paths, key)
  if (does === 'save' && found !== key) await saveCache(paths, key)
}
process.exit()
