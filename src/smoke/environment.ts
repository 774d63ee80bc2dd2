import type { VmState } from '../vm/state.js'
import type { SmokeTest } from './test.js'

/** What a test finds in its environment; the action's README has the same. */
export function environmentOf(
  test: Pick<SmokeTest, 'name' | 'isolation'>,
  attempt: number,
  vm: Pick<VmState, 'name' | 'accelerator' | 'image'>,
  version: string | undefined,
): Record<string, string> {
  return {
    GUESTOS_TEST: test.name,
    GUESTOS_ATTEMPT: String(attempt),
    GUESTOS_ISOLATION: test.isolation,
    GUESTOS_VM: vm.name,
    GUESTOS_ACCELERATOR: vm.accelerator,
    GUESTOS_IMAGE_DIGEST: vm.image.digest ?? '',
    GUESTOS_VERSION: version ?? '',
  }
}
