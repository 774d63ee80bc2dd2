import { expect, test } from '@jest/globals'
import { median, medianAbsoluteDeviation, quantile } from '../../../src/stats/sample.js'

test('the median of an odd and an even number of values, and of none', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(median([7])).toBe(7)
  expect(median([])).toBeNaN()
})

test('it does not change what it is given', () => {
  const values = [3, 1, 2]
  median(values)
  expect(values).toEqual([3, 1, 2])
})

test('numbers are ordered as numbers', () => {
  expect(median([10, 9, 100])).toBe(10)
})

test("quantiles as R's default gives them", () => {
  // R: quantile(c(1, 2, 4, 8, 16), c(0, .1, .25, .9, 1))
  const values = [16, 1, 8, 2, 4]
  expect([0, 0.1, 0.25, 0.9, 1].map((p) => quantile(values, p))).toEqual([1, 1.4, 2, 12.8, 16])
})

test("the median absolute deviation as R's mad gives it, unmoved by an outlier", () => {
  // R: mad(c(1, 2, 3, 4, 100))
  expect(medianAbsoluteDeviation([1, 2, 3, 4, 100])).toBeCloseTo(1.4826, 10)
  expect(medianAbsoluteDeviation([5, 5, 5])).toBe(0)
})
