/** Prints the hash of the files in the working directory that match the patterns in the first argument, one a line. */
import { hashFiles } from '@actions/glob'

const written = process.stdout.write.bind(process.stdout)
// The globber logs to standard output.
process.stdout.write = () => true
const hash = await hashFiles(process.argv[2] ?? '', process.cwd())
written(hash)
