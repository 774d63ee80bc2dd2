/** Signals of this process as a run's: the first SIGINT or SIGTERM cancels it, the second ends the running step at once. */
export function cancelOnSignals(): { cancel: AbortSignal; force: AbortSignal } {
  const cancel = new AbortController()
  const force = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    if (cancel.signal.aborted) {
      force.abort()
    } else {
      console.log(`\n${signal}: the run is cancelled; once more to end the running step at once`)
      cancel.abort()
    }
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { cancel: cancel.signal, force: force.signal }
}
