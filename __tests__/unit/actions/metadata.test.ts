import { describe, expect, test } from '@jest/globals'
import path from 'node:path'
import { existsSync } from 'node:fs'
import type { InputReader } from '../../../src/runtime/inputs.js'
import { actions, inputsRead, metadataProblems } from '../../../tools/action-metadata.js'

/** Inputs that have no default and must be there, and those that only the post step reads. */
const given: Readonly<Record<string, string>> = { image: 'package.json', vm: '.', runner: 'package.json' }
const givenTo: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  upgrade: { 'update-image': 'package.json' },
}
const readByPost: Readonly<Record<string, string[]>> = { boot: ['job-status'], pipeline: ['job-status'] }

describe.each(actions())('the action $name', (action) => {
  test('says the same in action.yml, inputs.ts and README.md', async () => {
    const { getInputs } = (await import(path.join(action.folder, 'inputs.ts'))) as {
      getInputs: (reader: InputReader) => unknown
    }
    const read = inputsRead(action, getInputs, { ...given, ...givenTo[action.name] })
    for (const name of readByPost[action.name] ?? []) read.add(name)
    expect(metadataProblems(action, read)).toEqual([])
  })

  test('consists of the files that every action consists of', () => {
    expect(existsSync(path.join(action.folder, 'main.ts'))).toBe(true)
    expect(existsSync(path.join(action.folder, 'post.ts'))).toBe(action.definition.runs.post !== undefined)
  })
})
