import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { jobOrder } from '../../../../tools/local-runner/jobs.js'
import { combinations } from '../../../../tools/local-runner/matrix.js'
import { readWorkflow } from '../../../../tools/local-runner/workflow.js'

const folder = path.resolve(import.meta.dirname, '../../../../workflows')

test.each(readdirSync(folder))('workflows/%s is one that GitHub and the local runner take', async (name) => {
  const { jobs } = await readWorkflow(path.join(folder, name))
  expect(jobOrder(jobs).length).toBeGreaterThan(0)
})

test('workflows/sharded.yml has a runner for each part', () => {
  const { jobs } = parse(readFileSync(path.join(folder, 'sharded.yml'), 'utf8')) as {
    jobs: { test: { strategy: { matrix: unknown } } }
  }
  const shards = combinations(jobs.test.strategy.matrix).map(({ shard }) => shard)
  expect(shards).toEqual(shards.map((_, index) => `${index + 1}/${shards.length}`))
})
