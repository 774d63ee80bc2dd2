/** `plain-cache.mjs restore|save KEY`: actions/cache with its defaults, for the folder `entry` of the working directory. */
import { restoreCache, saveCache } from '@actions/cache'

const [does, key] = process.argv.slice(2)
await (does === 'restore' ? restoreCache : saveCache)(['entry'], key)
process.exit()
