/** `main.js restore|save KEY`: the client of actions/cache, for the folder `entry` of the working directory. */
import { setDefaultHighWaterMark } from 'node:stream'
import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache'
import * as core from '@actions/core'

const paths = ['entry']

/** Milliseconds in which the service has to know whether it has a key. */
const lookupTime = 30_000

// Bytes that a stream takes at once. The library's go to the file or from it in Node's own 16 and 64 KiB, each a trip to
// the thread pool, and an image has hundreds of megabytes.
setDefaultHighWaterMark(false, 2 ** 20)

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
