/** Ends every run of the tests with what was skipped and why: the reason is what a title says last, in brackets. */
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node'

type Skipped = TestCase | TestSuite

/** A class because Vitest makes reporters itself when they are named on the command line. */
export default class SkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // a run that was asked for some tests by name skips the rest, which tells nothing
    if (modules.some(({ project }) => project.config.testNamePattern !== undefined)) return
    const lines = modules.flatMap((module) => skippedOf(module).map((skipped) => describe(module, skipped)))
    if (lines.length > 0) process.stdout.write(`\nSkipped:\n${lines.map((line) => `  ${line}\n`).join('')}\n`)
  }
}

/** The outermost that is skipped stands for all that it holds. */
const skippedOf = ({ children }: TestModule | TestSuite): readonly Skipped[] =>
  [...children].flatMap((child) => {
    if (child.options.mode === 'skip' || child.options.mode === 'todo') return [child]
    return child.type === 'suite' ? skippedOf(child) : []
  })

function describe({ relativeModuleId }: TestModule, skipped: Skipped): string {
  const [, title, reason = 'it gives no reason'] = /^(.*?)(?: \((?:skipped: )?([^()]*)\))?$/.exec(skipped.fullName)!
  const count = skipped.type === 'suite' ? [...skipped.children.allTests()].length : 1
  return `${relativeModuleId}: ${title} (${count === 1 ? '1 test' : `${count} tests`}): ${reason}`
}
