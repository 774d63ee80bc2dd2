/** Values in ascending order. */
export function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b)
}

/**
 * The quantile at `p` (0 to 1), linear between the two nearest order statistics; NaN for no values.
 * Source: definition 7 of R. J. Hyndman and Y. Fan, Sample Quantiles in Statistical Packages, The American
 * Statistician 50 (1996) 361-365; the default of R and NumPy.
 */
export function quantile(values: readonly number[], p: number): number {
  const order = sorted(values)
  const position = (order.length - 1) * p
  const below = order[Math.floor(position)] ?? NaN
  const above = order[Math.ceil(position)] ?? NaN
  // Two infinities, or equal values, have no line between them.
  return below === above ? below : below + (above - below) * (position - Math.floor(position))
}

/** The middle value, or the mean of the two in the middle; NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** 1 / Φ⁻¹(3/4): makes the median absolute deviation an estimate of a normal distribution's standard deviation. */
const normalConsistency = 1.4826

/**
 * The median absolute deviation from the median, scaled to the standard deviation of normal data, in the values' own
 * unit; NaN for no values. Up to half of the values may be outliers without effect.
 * Source: P. J. Rousseeuw and C. Croux, Alternatives to the Median Absolute Deviation, Journal of the American
 * Statistical Association 88 (1993) 1273-1283, section 1.
 */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const middle = median(values)
  return normalConsistency * median(values.map((value) => Math.abs(value - middle)))
}
