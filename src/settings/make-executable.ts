/** The last step of the build: lets `dist/cli.js` be run by its name, which the compiler does not. */
import { chmodSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

chmodSync(fileURLToPath(new URL('../cli.js', import.meta.url)), 0o755)
