// The package dna-mini as it was built.

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The npm package's folder, and what it ships. */
export const sdkPackage = join(import.meta.dirname, '../../js-wrapper/mini');
export const sdkDist = join(sdkPackage, 'dist');
if (!existsSync(join(sdkDist, 'index.js'))) throw new Error(`${sdkDist} is not built: run \`cargo xtask wasm\``);
